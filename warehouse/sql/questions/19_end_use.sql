-- How many notifications are about intermediate goods (中间品), by member and HS heading?
-- title: 涉及中间品等不同最终用途的通报，按成员和品目
-- param end_use VARCHAR:end-use 中间品 中间品、消费品或投资品
-- param member VARCHAR:member NULL 成员代码；不写为全部
WITH uses AS (
    -- each code once: a subheading of its own use, else its heading
    SELECT
        codes.hs_code,
        coalesce(narrow.end_use, wide.end_use) AS end_use
    FROM (
        SELECT DISTINCT
            hs_code,
            hs4,
            hs6
        FROM main.notification_hs
        WHERE hs4 IS NOT NULL
    ) AS codes
    LEFT JOIN mart.end_uses AS narrow ON codes.hs6 = narrow.hs_code
    LEFT JOIN mart.end_uses AS wide ON codes.hs4 = wide.hs_code
    WHERE contains(coalesce(narrow.end_use, wide.end_use), $end_use::VARCHAR)
),

named AS (
    -- a notification once a heading, however many codes of it are notified
    SELECT
        codes.notification_id,
        codes.hs4,
        list(uses.end_use) AS end_uses
    FROM main.notification_hs AS codes
    INNER JOIN uses USING (hs_code)
    GROUP BY codes.notification_id, codes.hs4
)

SELECT
    members.member_code,
    reference.name_zh AS member_zh,
    named.hs4,
    heading.name_zh AS heading_zh,
    -- as the goods of the codes are used; where they are used in several ways all are named
    array_to_string(list_sort(list_distinct(flatten(list(named.end_uses)))), '；') AS end_use,
    count(*) AS n_notifications,
    count(raised.notification_id) AS n_concerning_us
FROM named
INNER JOIN main.notifications AS notifications USING (notification_id)
INNER JOIN main.notification_members AS members USING (notification_id)
LEFT JOIN mart.raised AS raised USING (notification_id)
LEFT JOIN main.ref_members AS reference USING (member_code)
LEFT JOIN main.ref_hs_headings AS heading USING (hs4)
WHERE
    -- recalls and gazettes are no notifications
    notifications.channel = 'wto'
    AND ($member::VARCHAR IS NULL OR members.member_code = $member::VARCHAR)
GROUP BY members.member_code, reference.name_zh, named.hs4, heading.name_zh
ORDER BY n_notifications DESC, members.member_code ASC, named.hs4 ASC
