-- 通报成员未能识别
-- severity: warning
SELECT
    notification_id,
    member_names
FROM notifications
WHERE len(member_codes) = 0
