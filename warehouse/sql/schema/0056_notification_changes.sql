-- One row per field that a source changed from one version of a record to the next.
CREATE OR REPLACE VIEW notification_changes AS
SELECT *
FROM changes_of('raw_notifications', 'notification_turns');
COMMENT ON VIEW notification_changes IS
'One row per field that a source changed from one version of a record to the next.';
COMMENT ON COLUMN notification_changes.notification_id IS 'Notification.';
COMMENT ON COLUMN notification_changes.source IS 'Source that changed its record.';
COMMENT ON COLUMN notification_changes.source_key IS 'Key of the record within its source.';
COMMENT ON COLUMN notification_changes.field_name IS 'Field, as in notifications.';
COMMENT ON COLUMN notification_changes.old_value IS 'What it said before, as text; empty where nothing.';
COMMENT ON COLUMN notification_changes.new_value IS 'What it says since, as text; empty where nothing.';
COMMENT ON COLUMN notification_changes.changed_at IS 'Collection that showed the new value (UTC).';
COMMENT ON COLUMN notification_changes.run_id IS 'Run that showed it; empty where that is not known.';
