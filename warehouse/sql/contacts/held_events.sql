-- One row per thing that happened to a contact of a firm, oldest first.
SELECT
    contact_id,
    kind,
    code,
    occurred_at,
    actor,
    detail
FROM contact_events
WHERE exporter_id = $exporter_id
ORDER BY occurred_at, event_number
