-- One row per month from $first_day to $last_day in which a document symbol was distributed, with how many.
SELECT
    year(distribution_date)::INTEGER AS year,
    month(distribution_date)::INTEGER AS month,
    count(*)::INTEGER AS n_symbols,
    (count(*) FILTER (area = 'TBT'))::INTEGER AS tbt,
    (count(*) FILTER (area = 'SPS'))::INTEGER AS sps
FROM counted_symbols
WHERE distribution_date BETWEEN $first_day AND $last_day
GROUP BY ALL
ORDER BY year, month
