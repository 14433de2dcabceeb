-- Marks the known versions of the landing file as seen at $now.
UPDATE raw_notifications
SET
    last_seen_at = greatest(raw_notifications.last_seen_at, $now),
    last_load = $load_number,
    row_number = incoming.row_number
FROM incoming
WHERE
    raw_notifications.source = $source
    AND raw_notifications.source_key = incoming.source_key
    AND raw_notifications.content_hash = incoming.content_hash
