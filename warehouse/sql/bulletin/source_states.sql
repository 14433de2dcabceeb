-- One row per source with what it showed of the period: of counted notifications those that the month counts, of others
-- all that are dated in it.
SELECT
    sources.title,
    count(DISTINCT n.notification_id) FILTER (
        n.distribution_date BETWEEN $first_day AND $last_day
        AND (n.channel <> 'wto' OR n.notification_id IN (SELECT c.notification_id FROM counted_symbols AS c))
    )::INTEGER AS n_notifications,
    CASE
        WHEN count(n.notification_id) = 0 THEN 'empty'
        WHEN bool_and(raw.channel = 'wto') THEN 'counted'
        ELSE 'other'
    END AS standing,
    sources.first_collected_at,
    sources.last_collected_at
FROM sources
LEFT JOIN raw_notifications AS raw USING (source)
LEFT JOIN notifications AS n ON raw.notification_id = n.notification_id
GROUP BY sources.source, sources.title, sources.first_collected_at, sources.last_collected_at
ORDER BY sources.title
