-- One row per notification that was matched, also where no firm's goods came near it.
CREATE TABLE matched_notifications AS
SELECT * EXCLUDE (fingerprint)
FROM warehouse.matched_notifications
SEMI JOIN changed_matches USING (notification_id);
