-- 通报没有通报日期（不计入任何月份）
-- severity: info
SELECT notification_id
FROM notifications
WHERE distribution_date IS NULL AND channel = 'wto'
