-- One row per moment from which a source showed another version of a record than before.
CREATE TABLE notification_turns AS
SELECT turns.*, raw.notification_id
FROM warehouse.notification_turns AS turns
INNER JOIN (
    SELECT source, source_key, content_hash, notification_id
    FROM warehouse.raw_notifications
) AS raw USING (source, source_key, content_hash)
SEMI JOIN changed_records USING (notification_id);
COMMENT ON COLUMN notification_turns.notification_id IS 'Notification that this version belongs to.';
