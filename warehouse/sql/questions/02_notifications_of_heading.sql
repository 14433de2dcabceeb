-- Which measures touch one HS heading (8507: batteries), of one member, in one year, and until when can one comment?
-- title: 某一品目的通报、评议截止日期和涉及的企业
-- param hs4 VARCHAR:heading 8507 四位品目
-- param member VARCHAR:member NULL 成员代码，如 EU、USA；不写为全部
-- param year INTEGER:1995-2100 NULL 散发年份；不写为全部
WITH named AS (
    -- a notification of the whole chapter touches the heading too, if less surely
    SELECT
        notification_id,
        CASE WHEN bool_or(hs4 = $hs4::VARCHAR) THEN '品目' ELSE '章' END AS named_as
    FROM main.notification_hs
    WHERE hs4 = $hs4::VARCHAR OR hs_code = left($hs4::VARCHAR, 2)
    GROUP BY notification_id
)

SELECT
    notifications.symbol,
    -- wto, or legislation and recall, which are no notifications
    notifications.channel,
    notifications.members_zh,
    named.named_as,
    notifications.distribution_date,
    notifications.comment_deadline,
    -- an addendum may state a later one
    measures.effective_deadline AS comments_until,
    (measures.effective_deadline - today.office_day)::INTEGER AS days_left,
    coalesce(measures.effective_deadline > notifications.comment_deadline, FALSE) AS deadline_moved,
    notifications.n_firms,
    coalesce(nullif(notifications.title_zh, ''), notifications.title) AS title
FROM named
INNER JOIN mart.notifications AS notifications USING (notification_id)
INNER JOIN mart.measure_deadlines AS measures USING (notification_id)
CROSS JOIN mart.office_day AS today
WHERE
    ($member::VARCHAR IS NULL OR list_contains(notifications.member_codes, $member::VARCHAR))
    AND ($year::INTEGER IS NULL OR notifications.year = $year::INTEGER)
ORDER BY notifications.distribution_date DESC NULLS LAST, notifications.symbol ASC
