-- Remembers what each notification was matched with.
INSERT INTO matched_notifications BY NAME
SELECT
    unnest(from_json($rows, '[{"notification_id": "VARCHAR", "fingerprint": "VARCHAR"}]'), recursive := true),
    $run_id AS run_id,
    $now AS matched_at
ON CONFLICT (notification_id) DO UPDATE SET
    fingerprint = excluded.fingerprint, run_id = excluded.run_id, matched_at = excluded.matched_at
