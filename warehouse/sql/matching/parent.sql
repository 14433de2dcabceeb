-- At most one row: the notification that $notification_id amends.
SELECT parent_id
FROM notification_parents
WHERE notification_id = $notification_id
