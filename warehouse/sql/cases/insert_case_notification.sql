-- Adds a notification to a case.
INSERT INTO case_notifications
VALUES ($case_id, $notification_id)
ON CONFLICT DO NOTHING
