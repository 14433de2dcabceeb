-- One row per mail to a firm and case that it speaks of, oldest first; a mail whose alerts are gone has no case.
SELECT
    m.contact_id,
    m.kind,
    m.state,
    m.queued_at,
    m.accepted_at,
    coalesce(a.case_id, '') AS case_id
FROM mails AS m
LEFT JOIN alerts AS a USING (mail_id)
WHERE m.exporter_id = $exporter_id
ORDER BY m.queued_at, m.mail_id, a.case_id
