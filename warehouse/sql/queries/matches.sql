-- One row per scored pair of an open line, best first; with $all also those that were found not relevant.
SELECT
    m.notification_id,
    coalesce(n.symbols[1], '') AS symbol,
    m.exporter_id,
    lines.product_name,
    m.relation,
    round(m.score, 4) AS score,
    m.match_level AS level,
    m.reason,
    e.name AS exporter_name,
    coalesce(list_aggregate(n.member_codes, 'string_agg', ' '), '') AS members,
    n.distribution_date,
    n.comment_deadline,
    n.title,
    m.sells_to_member,
    m.verdict,
    n.url
FROM effective_matches AS m
INNER JOIN notifications AS n USING (notification_id)
INNER JOIN product_lines AS lines USING (line_id)
INNER JOIN exporters AS e ON m.exporter_id = e.exporter_id
WHERE lines.closed_at IS NULL AND ($all OR (m.relation <> 'none' AND m.match_level <> 'none')) -- noqa: PRS
ORDER BY m.score DESC, m.notification_id, m.exporter_id, lines.product_name
