-- One row per notification and HS code.
CREATE TABLE notification_hs AS
SELECT
    notification_id,
    unnest(hs_codes) AS hs_code,
    left(hs_code, 2) AS hs2,
    CASE WHEN len(hs_code) >= 4 THEN left(hs_code, 4) END AS hs4,
    CASE WHEN len(hs_code) >= 6 THEN left(hs_code, 6) END AS hs6
FROM warehouse.notifications
SEMI JOIN changed_records USING (notification_id);
COMMENT ON COLUMN notification_hs.hs_code IS 'HS code as notified, digits only.';
COMMENT ON COLUMN notification_hs.hs2 IS 'Chapter.';
COMMENT ON COLUMN notification_hs.hs4 IS 'Heading; NULL where only a chapter was notified.';
COMMENT ON COLUMN notification_hs.hs6 IS 'Subheading; NULL where less was notified.';
