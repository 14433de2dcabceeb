-- One row per notification and 产业链 that it concerns, of chains that at least $least_firms listed firms belong to.
WITH chains AS (
    SELECT
        industry_chain,
        count(*) AS n_firms
    FROM exporters
    WHERE closed_at IS NULL AND industry_chain <> ''
    GROUP BY industry_chain
)

SELECT
    m.notification_id,
    e.industry_chain,
    count(DISTINCT m.line_id) AS n_lines
FROM effective_matches AS m
INNER JOIN exporters AS e USING (exporter_id)
INNER JOIN chains USING (industry_chain)
INNER JOIN product_lines AS lines USING (line_id)
WHERE
    m.relation <> 'none'
    AND m.match_level <> 'none'
    AND e.closed_at IS NULL
    AND lines.closed_at IS NULL
    AND chains.n_firms >= $least_firms
    AND m.notification_id IN (SELECT unnest(from_json($notification_ids, '["VARCHAR"]')))
GROUP BY ALL
ORDER BY m.notification_id, n_lines DESC, e.industry_chain
