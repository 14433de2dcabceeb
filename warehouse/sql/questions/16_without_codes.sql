-- Which share of each member's notifications carries no HS code, and no code at all?
-- title: 各成员没有 HS 编码的通报所占比例
-- param least INTEGER:1-1000000 1 只列通报不少于多少件的成员
SELECT
    members.member_code,
    reference.name_zh AS member_zh,
    count(*) AS n_notifications,
    count(*) FILTER (NOT notifications.has_hs) AS n_without_hs,
    count(*) FILTER (NOT notifications.has_hs AND NOT notifications.has_ics) AS n_without_any,
    round(100 * n_without_hs / n_notifications, 1) AS without_hs_percent
FROM main.notification_members AS members
INNER JOIN mart.notifications AS notifications USING (notification_id)
LEFT JOIN main.ref_members AS reference USING (member_code)
-- recalls and gazettes are no notifications
WHERE notifications.channel = 'wto'
GROUP BY members.member_code, reference.name_zh
HAVING count(*) >= $least::INTEGER
ORDER BY without_hs_percent DESC, n_notifications DESC, members.member_code ASC
