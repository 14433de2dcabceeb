-- Which HS chapters are notified more often than before?
-- title: 通报增多的商品类别（HS 章）
-- param months INTEGER:1-600 12 比较最近多少个完整的月和此前同样多的月
WITH bounds AS (
    SELECT date_trunc('month', published_at AT TIME ZONE 'Asia/Shanghai')::DATE AS this_month
    FROM main.published
)

SELECT
    counts.hs2,
    counts.chapter_zh,
    coalesce(sum(counts.n_symbols) FILTER (counts.month >= this_month - to_months($months::INTEGER)), 0) AS n_recent,
    coalesce(sum(counts.n_symbols) FILTER (counts.month < this_month - to_months($months::INTEGER)), 0) AS n_before,
    n_recent - n_before AS growth,
    round(100 * growth / nullif(n_before, 0), 1) AS growth_percent
FROM mart.member_chapter_month AS counts
CROSS JOIN bounds
WHERE
    counts.hs2 <> ''
    AND counts.month < this_month
    AND counts.month >= this_month - to_months(2 * $months::INTEGER)
GROUP BY counts.hs2, counts.chapter_zh
ORDER BY growth DESC, n_recent DESC, counts.hs2 ASC
