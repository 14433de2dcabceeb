-- One row per notification that $key names: its id or one of its document symbols.
SELECT notification_id
FROM notifications
WHERE notification_id = $key OR list_contains(symbols, $key)
ORDER BY notification_id <> $key, notification_id
