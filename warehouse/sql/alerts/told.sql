-- One row per alert with the mail that carries it, in the order in which they were made.
SELECT
    alerts.alert_id,
    alerts.mail_id,
    alerts.case_id,
    alerts.case_version,
    alerts.contact_id,
    alerts.exporter_id,
    alerts.kind,
    alerts.line_ids,
    alerts.comment_deadline,
    alerts.adoption_date,
    alerts.entry_into_force_date,
    mails.state,
    mails.message_id,
    mails.ended_at
FROM alerts
INNER JOIN mails USING (mail_id)
ORDER BY alerts.case_id, alerts.contact_id, alerts.case_version
