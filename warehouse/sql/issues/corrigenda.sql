-- One row per corrigendum of the cases $case_ids.
SELECT
    c.case_id,
    n.notification_id,
    n.first_seen_at
FROM case_notifications AS c
INNER JOIN notifications AS n USING (notification_id)
WHERE n.kind = 'corrigendum' AND c.case_id IN (SELECT unnest($case_ids))
ORDER BY c.case_id, n.distribution_date NULLS FIRST, n.notification_id
