-- One row per event, in the order in which things happened; within one instant collecting comes first.
SELECT
    event_id,
    case_id,
    kind,
    code,
    occurred_at,
    actor,
    detail
FROM case_events
WHERE $everything OR case_id IN (SELECT unnest($case_ids))
ORDER BY
    case_id,
    occurred_at,
    CASE kind WHEN 'collected' THEN 1 WHEN 'amended' THEN 2 WHEN 'screened' THEN 3 ELSE 4 END,
    rowid
