-- Which members notified most, and how many of their notifications concern the city's firms?
-- title: 各成员通报件数和涉及本市企业的件数
-- param year INTEGER:1995-2100 NULL 散发年份；不写为全部
-- param hs4 VARCHAR:heading NULL 只看列有此四位品目的通报，如 8507；不写为全部
SELECT
    members.member_code,
    reference.name_zh AS member_zh,
    -- a joint notification counts for each of its members
    count(*) AS n_notifications,
    count(*) FILTER (notifications.n_lines > 0) AS n_concerning_us,
    round(100 * n_concerning_us / n_notifications, 1) AS share_percent
FROM main.notification_members AS members
INNER JOIN mart.notifications AS notifications USING (notification_id)
LEFT JOIN main.ref_members AS reference USING (member_code)
WHERE
    -- recalls and gazettes are no notifications
    notifications.channel = 'wto'
    AND ($year::INTEGER IS NULL OR notifications.year = $year::INTEGER)
    AND (
        $hs4::VARCHAR IS NULL
        OR EXISTS (
            SELECT 1
            FROM main.notification_hs AS codes
            WHERE codes.notification_id = notifications.notification_id AND codes.hs4 = $hs4::VARCHAR
        )
    )
GROUP BY members.member_code, reference.name_zh
ORDER BY n_notifications DESC, members.member_code ASC
