-- 评议截止日期早于通报日期
-- severity: warning
SELECT
    notification_id,
    distribution_date,
    comment_deadline
FROM notifications
WHERE comment_deadline < distribution_date AND kind IN ('regular', 'emergency', 'revision')
