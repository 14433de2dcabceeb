-- One row per notification that was matched: what it was matched with, so that nothing is scored twice.
CREATE TABLE matched_notifications (
    notification_id VARCHAR PRIMARY KEY,
    fingerprint VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    matched_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE matched_notifications IS
'One row per notification that was matched: what it was matched with, so that nothing is scored twice.';
COMMENT ON COLUMN matched_notifications.notification_id IS 'Notification.';
COMMENT ON COLUMN matched_notifications.fingerprint IS
'Hash of its content, its parent''s, the open product lines and the model version.';
COMMENT ON COLUMN matched_notifications.run_id IS 'Run that matched it.';
COMMENT ON COLUMN matched_notifications.matched_at IS 'When (UTC).';
