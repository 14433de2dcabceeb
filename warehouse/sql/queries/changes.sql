-- One row per field that a source changed of the notifications that $key names, the latest change first.
SELECT
    c.notification_id,
    c.field_name,
    c.old_value,
    c.new_value,
    c.changed_at,
    sources.title AS source_title
FROM notification_changes AS c
INNER JOIN sources USING (source)
WHERE c.notification_id IN (SELECT named.notification_id FROM notifications_named($key) AS named)
ORDER BY c.changed_at DESC, c.notification_id, c.field_name
