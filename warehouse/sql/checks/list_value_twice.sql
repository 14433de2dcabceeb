-- 通报的成员、通报号或代码清单中有重复值（按行统计会重复计数）
-- severity: error
SELECT notification_id
FROM notifications
WHERE
    len(symbols) <> len(list_distinct(symbols))
    OR len(member_codes) <> len(list_distinct(member_codes))
    OR len(hs_codes) <> len(list_distinct(hs_codes))
    OR len(ics_codes) <> len(list_distinct(ics_codes))
