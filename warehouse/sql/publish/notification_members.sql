-- One row per notification and notifying member.
CREATE TABLE notification_members AS
SELECT
    notification_id,
    unnest(member_codes) AS member_code
FROM warehouse.notifications
SEMI JOIN changed_records USING (notification_id);
COMMENT ON COLUMN notification_members.member_code IS 'Notifying member: ISO 3166-1 alpha-3, EU, or the WTO token.';
