-- One row per field that a source changed from one version of a record to the next.
CREATE TABLE notification_changes AS
SELECT *
FROM warehouse.changes_of('changed_versions', 'warehouse.notification_turns')
SEMI JOIN changed_records USING (notification_id);
