-- Marks a queued mail as being sent, before the first byte goes out.
UPDATE alerts
SET state = 'sending', attempted_at = $now, n_attempts = n_attempts + 1
WHERE alert_id = $alert_id AND state IN ('queued', 'retry')
RETURNING alert_id
