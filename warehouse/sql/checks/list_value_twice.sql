-- 通报的成员、通报号或代码清单中有重复值（按行统计会重复计数）
-- severity: error
SELECT notification_id
FROM notifications
WHERE
    -- one that stands in an earlier place of its list: without making a set of each list
    (
        len(hs_codes) > 1
        AND len(list_filter(hs_codes, lambda code, spot: list_position(hs_codes, code) <> spot)) > 0 -- noqa: PRS, LT01
    )
    OR (len(ics_codes) > 1 AND len(ics_codes) <> list_unique(ics_codes))
    OR (len(symbols) > 1 AND len(symbols) <> list_unique(symbols))
    OR (len(member_codes) > 1 AND len(member_codes) <> list_unique(member_codes))
