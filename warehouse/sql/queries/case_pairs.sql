-- One row per notification and product line that it concerns of the cases in $case_ids, the weightiest first.
SELECT
    c.case_id,
    m.notification_id,
    m.line_id,
    m.exporter_id,
    exporters.name AS exporter_name,
    lines.product_name,
    m.relation,
    m.match_level,
    m.score,
    m.reason,
    m.sells_to_member,
    m.verdict,
    exporters.is_negotiation_key,
    exporters.is_survey_sample
FROM case_notifications AS c
INNER JOIN effective_matches AS m USING (notification_id)
INNER JOIN product_lines AS lines USING (line_id)
INNER JOIN exporters ON lines.exporter_id = exporters.exporter_id
WHERE
    list_contains($case_ids, c.case_id)
    AND m.relation <> 'none'
    AND m.match_level <> 'none'
    AND lines.closed_at IS NULL
ORDER BY
    c.case_id,
    m.verdict = 'confirmed' DESC,
    array_position(['warning', 'watch', 'reference'], m.match_level),
    m.score DESC,
    m.line_id,
    m.notification_id
