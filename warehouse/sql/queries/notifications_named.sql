-- One row per notification that $key names: an id, a document symbol or a case.
SELECT notification_id
FROM notifications_named($key)
ORDER BY notification_id
