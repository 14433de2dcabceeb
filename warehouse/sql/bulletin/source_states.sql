-- One row per source with what it showed of the period.
SELECT
    sources.title,
    count(DISTINCT raw.notification_id) FILTER (raw.distribution_date BETWEEN $first_day AND $last_day)::INTEGER
        AS n_notifications,
    coalesce(bool_and(raw.channel = 'wto'), true) AS is_counted,
    sources.first_collected_at,
    sources.last_collected_at
FROM sources
LEFT JOIN raw_notifications AS raw USING (source)
GROUP BY ALL
ORDER BY sources.title
