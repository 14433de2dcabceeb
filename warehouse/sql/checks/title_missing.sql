-- 通报没有标题，任何语言的都没有
-- severity: info
SELECT notification_id
FROM notifications
WHERE trim(title) = ''
