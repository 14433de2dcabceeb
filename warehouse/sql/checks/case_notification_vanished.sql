-- 案件中的通报已不存在（来源更改了通报编号，请核对案件）
-- severity: warning
SELECT
    case_id,
    notification_id
FROM case_notifications
WHERE notification_id NOT IN (SELECT notification_id FROM notifications)
