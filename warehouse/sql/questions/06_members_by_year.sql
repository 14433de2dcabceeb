-- How does each member's number of notifications (件) and measures (项) develop by year?
-- title: 各成员历年通报件数和措施项数及增减
-- param member VARCHAR:member NULL 成员代码；不写为全部
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
),

compared AS (
    SELECT
        *,
        -- of a year between two that have some, nothing was notified; before the first one nothing is known
        CASE
            WHEN lag(year) OVER by_member = year - 1 THEN lag(n_symbols) OVER by_member
            WHEN lag(year) OVER by_member IS NOT NULL THEN 0
        END AS n_year_before
    FROM counted
    WINDOW by_member AS (PARTITION BY member_code ORDER BY year)
)

SELECT
    compared.member_code,
    compared.member_zh,
    compared.year,
    -- the year of this copy is not over: its change is of a part against a whole
    compared.year < year(today.office_day) AS is_whole_year,
    compared.n_symbols,
    compared.n_measures,
    compared.n_symbols - compared.n_year_before AS change,
    round(100 * (compared.n_symbols - compared.n_year_before) / nullif(compared.n_year_before, 0), 1) AS change_percent
FROM compared
CROSS JOIN mart.office_day AS today
ORDER BY compared.member_code ASC, compared.year ASC
