-- 译名对应的通报已不存在（来源更改了通报编号）
-- severity: warning
SELECT
    translation_id,
    notification_id
FROM title_translations
WHERE notification_id NOT IN (SELECT notification_id FROM notifications)
