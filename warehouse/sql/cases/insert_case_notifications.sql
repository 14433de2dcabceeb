-- Adds notifications to cases.
INSERT INTO case_notifications BY NAME
SELECT unnest(from_json($rows, '[{"case_id": "VARCHAR", "notification_id": "VARCHAR"}]'), recursive := true)
ON CONFLICT DO NOTHING
