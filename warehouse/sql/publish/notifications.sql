-- One row per notification as it stands now.
CREATE TABLE notifications AS
SELECT * EXCLUDE (content_hash)
FROM warehouse.notifications;
