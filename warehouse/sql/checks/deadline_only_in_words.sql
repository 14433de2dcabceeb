-- 评议期只有文字，没有截止日期（不参加期限统计）
-- severity: info
SELECT
    notification_id,
    comment_deadline_text
FROM notifications
WHERE comment_deadline IS NULL AND comment_deadline_text <> ''
