-- How does each member's number of notifications (件) and measures (项) develop by year?
-- title: 各成员历年通报件数和措施项数及增减
-- param member VARCHAR NULL 成员代码；不写为全部
WITH counted AS (
    -- the bulletin's rule: what its monthly counts hold
    SELECT
        member_code,
        member_zh,
        year(month) AS year,
        count(DISTINCT symbol) AS n_symbols,
        count(DISTINCT measure) AS n_measures
    FROM mart.bulletin_notifications
    WHERE $member::VARCHAR IS NULL OR member_code = $member::VARCHAR
    GROUP BY ALL
)

SELECT
    *,
    n_symbols - lag(n_symbols) OVER by_member AS change,
    round(100 * (n_symbols - lag(n_symbols) OVER by_member) / lag(n_symbols) OVER by_member, 1) AS change_percent
FROM counted
WINDOW by_member AS (PARTITION BY member_code ORDER BY year)
ORDER BY member_code ASC, year ASC
