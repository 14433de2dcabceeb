-- One row per version of a record that a source has shown.
CREATE TABLE notification_versions AS
SELECT
    source, source_key, content_hash, notification_id, title, comment_deadline, run_id, first_seen_at, last_seen_at
FROM warehouse.raw_notifications;
