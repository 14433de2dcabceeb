-- One row per notification and ICS code.
CREATE TABLE notification_ics AS
SELECT
    notification_id,
    unnest(ics_codes) AS ics_code,
    left(ics_code, 2) AS ics_field
FROM warehouse.notifications
SEMI JOIN changed_records USING (notification_id);
COMMENT ON COLUMN notification_ics.ics_code IS 'ICS code as notified.';
COMMENT ON COLUMN notification_ics.ics_field IS 'ICS field, two digits.';
