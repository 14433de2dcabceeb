-- How many days lie between distribution and our first collection, by month of distribution?
SELECT
    strftime(distribution_date, '%Y-%m') AS distributed_in,
    count(*) AS n_notifications,
    -- the day of collection is a day of the office
    median(date_diff('day', distribution_date, (first_seen_at AT TIME ZONE 'Asia/Shanghai')::DATE)) AS median_days,
    max(date_diff('day', distribution_date, (first_seen_at AT TIME ZONE 'Asia/Shanghai')::DATE)) AS longest_days
FROM notifications
WHERE distribution_date IS NOT NULL
GROUP BY distributed_in
ORDER BY distributed_in
