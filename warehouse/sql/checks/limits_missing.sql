-- 案件没有办理时限（发布副本中会没有计时，不会显示超时）
-- severity: error
-- when: publication
SELECT
    starts.case_id,
    starts.started_at
FROM (
    SELECT
        case_id,
        clock_started_at AS started_at
    FROM cases
    UNION
    SELECT
        cases.case_id,
        events.occurred_at AS started_at
    FROM cases
    INNER JOIN case_events AS events USING (case_id)
    WHERE events.kind = 'restarted' AND events.occurred_at > cases.clock_started_at
) AS starts
ANTI JOIN case_limits USING (case_id, started_at)
