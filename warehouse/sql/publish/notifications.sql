-- One row per notification as it stands now.
CREATE TABLE notifications AS
SELECT *
FROM warehouse.notifications
SEMI JOIN changed_records USING (notification_id);
