-- One row per month from $first_day to $last_day in which a document symbol was distributed, with how many.
WITH listed AS (
    SELECT
        n.notification_id,
        n.distribution_date,
        n.area,
        unnest(CASE WHEN len(n.symbols) > 0 THEN n.symbols ELSE [n.notification_id] END) AS symbol
    FROM notifications AS n
    -- the bulletin is about measures of others: China's own are not counted
    WHERE NOT (len(n.member_codes) = 1 AND n.member_codes[1] = 'CHN') AND n.channel = 'wto'
),

distinct_symbols AS (
    -- the same rule as in counted_symbols
    SELECT *
    FROM listed
    QUALIFY row_number() OVER (PARTITION BY symbol ORDER BY distribution_date NULLS LAST, notification_id) = 1
)

SELECT
    year(distribution_date)::INTEGER AS year,
    month(distribution_date)::INTEGER AS month,
    count(*)::INTEGER AS n_symbols,
    (count(*) FILTER (symbol LIKE 'G/TBT/%' OR (symbol NOT LIKE 'G/SPS/%' AND area = 'TBT')))::INTEGER AS tbt,
    (count(*) FILTER (symbol LIKE 'G/SPS/%' OR (symbol NOT LIKE 'G/TBT/%' AND area = 'SPS')))::INTEGER AS sps
FROM distinct_symbols
WHERE distribution_date BETWEEN $first_day AND $last_day
GROUP BY ALL
ORDER BY year, month
