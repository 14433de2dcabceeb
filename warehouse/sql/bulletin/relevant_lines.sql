-- One row per case and product line that the measures of the period concern: a document of the period chooses its
-- case, and the case brings the lines of all its documents.
WITH told AS (
    -- what the issues of earlier months that are in force list
    SELECT
        issues.report_month,
        issues.released_at,
        unnest(from_json(json_extract(issues.facts, '$.items[*].case_id'), '["VARCHAR"]')) AS case_id
    FROM bulletin_issues AS issues
    LEFT JOIN bulletin_withdrawals AS withdrawals USING (overall)
    WHERE withdrawals.overall IS NULL AND issues.report_month < strftime($first_day::DATE, '%Y-%m')
),

drafted AS (
    -- the last draft of a month of which no issue is in force
    SELECT
        report_month,
        max(generated_at) AS generated_at
    FROM bulletins
    WHERE
        report_month NOT IN (
            SELECT issues.report_month
            FROM bulletin_issues AS issues
            LEFT JOIN bulletin_withdrawals AS withdrawals USING (overall)
            WHERE withdrawals.overall IS NULL
        )
    GROUP BY report_month
),

documents AS (
    SELECT
        c.case_id,
        n.notification_id,
        n.distribution_date
    FROM case_notifications AS c
    INNER JOIN cases USING (case_id)
    INNER JOIN notifications AS n USING (notification_id)
    WHERE
        n.distribution_date BETWEEN $first_day AND $last_day
        -- collected in the period, distributed before: told now, unless the issue of its own month told of it
        OR (
            n.first_seen_at >= $first_instant
            AND n.first_seen_at < $end_instant
            AND (n.distribution_date IS NULL OR n.distribution_date < $first_day)
            AND NOT cases.is_backfill
            AND NOT EXISTS (
                SELECT 1
                FROM told
                WHERE
                    told.case_id = c.case_id
                    AND told.report_month = strftime(n.distribution_date, '%Y-%m')
                    AND told.released_at > n.first_seen_at
            )
            AND NOT EXISTS (
                SELECT 1
                FROM drafted
                WHERE
                    drafted.report_month = strftime(n.distribution_date, '%Y-%m')
                    AND drafted.generated_at > n.first_seen_at
            )
        )
),

pairs AS (
    SELECT m.*
    FROM effective_matches AS m
    INNER JOIN product_lines AS lines USING (line_id)
    INNER JOIN exporters AS e ON m.exporter_id = e.exporter_id
    WHERE
        m.relation <> 'none'
        AND m.match_level <> 'none'
        -- a firm or a line that left the list is nobody's concern any more, whatever was confirmed of it
        AND lines.closed_at IS NULL
        AND e.closed_at IS NULL
),

of_period AS (
    SELECT
        case_id,
        list(notification_id ORDER BY distribution_date NULLS FIRST, notification_id) AS month_documents
    FROM documents
    GROUP BY case_id
    HAVING bool_or(notification_id IN (SELECT pairs.notification_id FROM pairs))
)

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
    m.sells_to_member,
    of_period.month_documents
FROM of_period
INNER JOIN case_notifications AS c USING (case_id)
INNER JOIN pairs AS m USING (notification_id)
INNER JOIN product_lines AS lines USING (line_id)
INNER JOIN exporters AS e ON m.exporter_id = e.exporter_id
LEFT JOIN line_readings AS readings ON m.line_id = readings.line_id
QUALIFY
    row_number() OVER (
        PARTITION BY c.case_id, m.line_id ORDER BY m.verdict = 'confirmed' DESC, m.score DESC, m.notification_id
    ) = 1
ORDER BY c.case_id, m.score DESC, m.exporter_id, lines.product_name
