-- 匹配结果对应的通报不存在
-- severity: error
SELECT
    notification_id,
    line_id
FROM matches
WHERE notification_id NOT IN (SELECT notification_id FROM notifications)
