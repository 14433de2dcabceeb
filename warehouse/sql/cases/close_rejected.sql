-- Closes the cases whose matches an officer has all rejected.
INSERT INTO case_events
SELECT
    sha256(concat_ws('|', c.case_id, 'closed', max(m.judged_at)::VARCHAR)) AS event_id,
    c.case_id,
    'closed' AS kind,
    'irrelevant' AS code,
    max(m.judged_at) AS occurred_at,
    $now AS recorded_at,
    arg_max(m.judged_by, m.judged_at) AS actor,
    '全部匹配经研判为不相关，归档' AS detail
FROM case_notifications AS c
INNER JOIN effective_matches AS m USING (notification_id)
INNER JOIN product_lines AS lines USING (line_id)
-- what is not raised to anyone (no level, or a line that left the register) cannot hold a case open
WHERE lines.closed_at IS NULL
GROUP BY c.case_id
HAVING
    bool_and(m.relation = 'none' OR m.match_level = 'none')
    AND bool_or(m.verdict = 'rejected')
    -- not where the officer who rejected them has closed it already
    AND max(m.judged_at) > coalesce(
        (SELECT max(e.occurred_at) FROM case_events AS e WHERE e.case_id = c.case_id AND e.kind = 'closed'),
        TIMESTAMPTZ '1970-01-01 00:00:00+00'
    )
ON CONFLICT (event_id) DO NOTHING
