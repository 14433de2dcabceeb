-- 评议截止日期晚于通报日期两年以上
-- severity: warning
SELECT
    notification_id,
    distribution_date,
    comment_deadline
FROM notifications
WHERE comment_deadline > distribution_date + INTERVAL 2 YEAR
