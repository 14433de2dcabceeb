-- Which notifications name batteries (HS heading 8507), by whom, and until when can one comment?
SELECT DISTINCT
    notifications.symbols[1] AS symbol,
    array_to_string(notifications.member_codes, ' ') AS members,
    notifications.distribution_date,
    notifications.comment_deadline,
    notifications.title
FROM notification_hs
INNER JOIN notifications ON notification_hs.notification_id = notifications.notification_id
WHERE notification_hs.hs4 = '8507'
ORDER BY notifications.distribution_date DESC NULLS LAST, symbol ASC
