-- One row per open case, firm and product line that a mail may go out for, with what the mail says.
SELECT
    c.case_id,
    m.exporter_id,
    e.name AS exporter_name,
    e.subscription,
    m.notification_id,
    lines.product_name,
    lines.hs_code,
    m.relation,
    m.match_level,
    m.reason,
    m.sells_to_member,
    m.score,
    m.verdict,
    m.judged_by
FROM case_notifications AS c
INNER JOIN effective_matches AS m USING (notification_id)
INNER JOIN product_lines AS lines USING (line_id)
INNER JOIN exporters AS e ON m.exporter_id = e.exporter_id
WHERE
    m.relation <> 'none'
    AND m.match_level <> 'none'
    AND lines.closed_at IS NULL
    AND e.closed_at IS NULL
-- a line that several notifications of the family match is told once, by its strongest match
QUALIFY
    row_number() OVER (
        PARTITION BY c.case_id, m.line_id ORDER BY m.verdict = 'confirmed' DESC, m.score DESC, m.notification_id
    ) = 1
ORDER BY c.case_id, m.exporter_id, m.relation, m.score DESC, lines.product_name
