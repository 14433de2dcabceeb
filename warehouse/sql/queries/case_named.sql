-- At most one row: the case that $key names, itself or through one of its notifications.
SELECT case_id
FROM case_notifications
WHERE case_id = $key OR notification_id IN (SELECT named.notification_id FROM notifications_named($key) AS named)
ORDER BY case_id = $key DESC, case_id
LIMIT 1
