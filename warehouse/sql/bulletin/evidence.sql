-- One row per passage of a notification that a match of the cases in $case_ids rests on, the weightiest first.
WITH passages AS (
    SELECT
        c.case_id,
        e.notification_id,
        e.kind,
        e.notification_text,
        max(e.evidence_value) AS evidence_value,
        max(m.score) AS score
    FROM case_notifications AS c
    INNER JOIN match_evidence AS e USING (notification_id)
    INNER JOIN matches AS m ON e.notification_id = m.notification_id AND e.line_id = m.line_id
    WHERE
        list_contains($case_ids, c.case_id)
        AND m.relation <> 'none'
        AND m.match_level <> 'none'
        AND e.notification_text <> ''
        AND e.kind IN ('concept', 'hs', 'ics')
    GROUP BY c.case_id, e.notification_id, e.kind, e.notification_text
)

SELECT
    case_id,
    notification_id,
    kind,
    notification_text
FROM passages
ORDER BY
    case_id,
    array_position(['concept', 'hs', 'ics'], kind),
    evidence_value DESC,
    score DESC,
    notification_id,
    notification_text
