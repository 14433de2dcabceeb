-- How many notifications are about intermediate goods (中间品), by member and HS heading?
-- title: 涉及中间品等不同最终用途的通报，按成员和品目
-- param end_use VARCHAR 中间品 中间品、消费品或投资品
-- param member VARCHAR NULL 成员代码；不写为全部
SELECT
    members.member_code,
    reference.name_zh AS member_zh,
    products.hs4,
    heading.name_zh AS heading_zh,
    -- as the heading's goods are used; where they are used in several ways all are named
    any_value(products.end_use) AS end_use,
    count(DISTINCT products.notification_id) AS n_notifications,
    count(DISTINCT products.notification_id) FILTER (products.n_firms > 0) AS n_concerning_us
FROM mart.notification_products AS products
INNER JOIN main.notification_members AS members USING (notification_id)
LEFT JOIN main.ref_members AS reference USING (member_code)
LEFT JOIN main.ref_hs_headings AS heading USING (hs4)
WHERE
    products.system = 'HS'
    AND products.hs4 IS NOT NULL
    AND contains(products.end_use, $end_use::VARCHAR)
    AND ($member::VARCHAR IS NULL OR members.member_code = $member::VARCHAR)
GROUP BY members.member_code, reference.name_zh, products.hs4, heading.name_zh
ORDER BY n_notifications DESC, members.member_code ASC, products.hs4 ASC
