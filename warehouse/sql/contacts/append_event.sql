-- Appends what happened to a contact; what people type may hold an address, what is kept may not.
INSERT INTO contact_events BY NAME
SELECT
    $event_id AS event_id,
    (SELECT coalesce(max(event_number), 0) + 1 FROM contact_events) AS event_number,
    $contact_id AS contact_id,
    $exporter_id AS exporter_id,
    $kind AS kind,
    $code AS code,
    $occurred_at AS occurred_at,
    $recorded_at AS recorded_at,
    without_addresses($actor::VARCHAR) AS actor,
    without_addresses($detail::VARCHAR) AS detail
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id
