-- 通报没有任何来源版本（无法追溯到采集文件）
-- severity: error
SELECT notification_id
FROM notifications
WHERE notification_id NOT IN (SELECT notification_id FROM raw_notifications)
