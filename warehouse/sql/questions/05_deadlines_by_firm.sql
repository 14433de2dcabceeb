-- Which firms have comment deadlines that end within the next days?
-- title: 近期截止评议的通报，按企业
-- param days INTEGER:0-36500 30 多少天以内
SELECT
    matches.exporter_id,
    matches.exporter_name,
    matches.industry_chain,
    -- a measure and its addenda are one, until the latest date that one of them states
    count(DISTINCT measures.measure) AS n_measures,
    min(measures.effective_deadline) AS first_deadline,
    (min(measures.effective_deadline) - any_value(today.office_day))::INTEGER AS days_left,
    string_agg(
        DISTINCT coalesce(nullif(matches.symbol, ''), matches.notification_id), '、'
        ORDER BY coalesce(nullif(matches.symbol, ''), matches.notification_id)
    ) AS symbols
FROM mart.matches AS matches
INNER JOIN mart.measure_deadlines AS measures USING (notification_id)
CROSS JOIN mart.office_day AS today
WHERE
    matches.is_raised
    AND matches.is_line_open
    AND measures.effective_deadline BETWEEN today.office_day AND today.office_day + $days::INTEGER
GROUP BY matches.exporter_id, matches.exporter_name, matches.industry_chain
ORDER BY first_deadline ASC, n_measures DESC, matches.exporter_id ASC
