-- 案件事件没有对应案件
-- severity: error
SELECT
    event_id,
    case_id
FROM case_events
WHERE case_id NOT IN (SELECT case_id FROM cases)
