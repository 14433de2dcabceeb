-- Carries the collection time over to the notifications that were seen again unchanged.
UPDATE notifications
SET last_seen_at = greatest(last_seen_at, $now)
WHERE notification_id IN (SELECT notification_id FROM incoming)
