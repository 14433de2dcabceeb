-- One row per version of a record that a source has shown.
CREATE TABLE notification_versions AS
SELECT * EXCLUDE (payload)
FROM changed_versions -- of warehouse.raw_notifications
SEMI JOIN changed_records USING (notification_id);
