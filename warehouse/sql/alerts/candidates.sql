-- One row per case, firm and product line that a mail may go out for, with what the mail says: of $case_id, or of all
-- cases that are not closed.
WITH closed AS (
    SELECT case_id
    FROM case_events
    WHERE kind IN ('closed', 'reopened', 'restarted')
    GROUP BY case_id
    HAVING arg_max(kind, (occurred_at, kind <> 'closed')) = 'closed'
)

SELECT
    c.case_id,
    m.exporter_id,
    e.name AS exporter_name,
    e.subscription,
    m.notification_id,
    m.line_id,
    lines.product_name,
    lines.hs_code,
    m.relation,
    m.match_level,
    m.reason,
    m.sells_to_member,
    m.score,
    m.verdict,
    m.judged_by,
    m.judged_at,
    m.matched_at
FROM case_notifications AS c
INNER JOIN effective_matches AS m USING (notification_id)
INNER JOIN product_lines AS lines USING (line_id)
INNER JOIN exporters AS e ON m.exporter_id = e.exporter_id
WHERE
    (c.case_id = $case_id OR ($case_id IS NULL AND c.case_id NOT IN (SELECT closed.case_id FROM closed)))
    AND m.relation <> 'none'
    AND m.match_level <> 'none'
    AND lines.closed_at IS NULL
    AND e.closed_at IS NULL
-- a line that several notifications of the family match is told once, by its strongest match
QUALIFY
    row_number() OVER (
        PARTITION BY c.case_id, m.line_id ORDER BY m.verdict = 'confirmed' DESC, m.score DESC, m.notification_id
    ) = 1
ORDER BY c.case_id, m.exporter_id, m.relation, m.score DESC, lines.product_name
