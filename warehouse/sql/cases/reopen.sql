-- Reopens closed cases that concern somebody after all: confirmed later, or closed as rejected and matched anew.
INSERT INTO case_events
WITH closings AS (
    SELECT
        case_id,
        event_id,
        occurred_at,
        code = 'irrelevant' AS is_rejection
    FROM case_events
    WHERE kind IN ('closed', 'reopened', 'restarted')
    -- what somebody has reopened since needs no second reopening
    QUALIFY
        kind = 'closed'
        AND row_number() OVER (PARTITION BY case_id ORDER BY occurred_at DESC, kind <> 'closed' DESC, rowid DESC) = 1
)

SELECT
    sha256(concat_ws('|', closings.case_id, 'reopened', closings.event_id)) AS event_id,
    closings.case_id,
    'reopened' AS kind,
    '' AS code,
    coalesce(max(m.judged_at) FILTER (m.verdict = 'confirmed'), greatest($now, closings.occurred_at)) AS occurred_at,
    $now AS recorded_at,
    'machine' AS actor,
    '归档后又发现相关产品，重新办理' AS detail
FROM closings
INNER JOIN case_notifications USING (case_id)
INNER JOIN effective_matches AS m USING (notification_id)
INNER JOIN product_lines AS lines USING (line_id)
WHERE
    lines.closed_at IS NULL
    AND m.relation <> 'none'
    AND m.match_level <> 'none'
    AND (closings.is_rejection OR (m.verdict = 'confirmed' AND m.judged_at > closings.occurred_at))
GROUP BY closings.case_id, closings.event_id, closings.occurred_at
ON CONFLICT (event_id) DO NOTHING
