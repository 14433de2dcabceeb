-- How many days lie between distribution and our first collection, by month of distribution?
-- title: 从散发到采集的天数，按月
-- param since DATE NULL 只看此日起散发的通报；不写为全部
SELECT
    strftime(distribution_month, '%Y-%m') AS distributed_in,
    count(*) AS n_notifications,
    median(days_to_first_seen) AS median_days,
    quantile_cont(days_to_first_seen, 0.9) AS p90_days,
    max(days_to_first_seen) AS longest_days
FROM mart.notifications
WHERE
    -- a recall or a gazette has another way to us
    channel = 'wto'
    AND distribution_date IS NOT NULL
    AND ($since::DATE IS NULL OR distribution_date >= $since::DATE)
GROUP BY distribution_month
ORDER BY distribution_month
