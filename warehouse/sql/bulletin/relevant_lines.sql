-- One row per case and product line that a notification of the period concerns.
SELECT
    c.case_id,
    m.notification_id,
    m.exporter_id,
    e.name AS exporter_name,
    e.industry_chain,
    m.line_id,
    lines.product_name,
    lines.hs_code,
    lines.annual_export_cny_10k,
    readings.concepts,
    readings.current_codes,
    m.relation,
    m.match_level,
    m.score,
    m.reason,
    m.verdict,
    m.judged_by,
    m.sells_to_member
FROM case_notifications AS c
INNER JOIN cases USING (case_id)
INNER JOIN notifications AS n USING (notification_id)
INNER JOIN effective_matches AS m USING (notification_id)
INNER JOIN product_lines AS lines USING (line_id)
INNER JOIN exporters AS e ON m.exporter_id = e.exporter_id
LEFT JOIN line_readings AS readings ON m.line_id = readings.line_id
WHERE
    m.relation <> 'none'
    AND m.match_level <> 'none'
    AND (
        n.distribution_date BETWEEN $first_day AND $last_day
        -- collected in the period, distributed before: told now, since no earlier issue could
        OR (
            n.first_seen_at >= $first_instant
            AND n.first_seen_at < $end_instant
            AND coalesce(n.distribution_date < $first_day, true)
            AND NOT cases.is_backfill
        )
    )
QUALIFY
    row_number() OVER (
        PARTITION BY c.case_id, m.line_id ORDER BY m.verdict = 'confirmed' DESC, m.score DESC, m.notification_id
    ) = 1
ORDER BY c.case_id, m.score DESC, m.exporter_id, lines.product_name
