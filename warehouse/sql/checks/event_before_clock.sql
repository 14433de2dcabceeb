-- 案件事件早于首次采集时间（时钟被回拨）
-- severity: warning
SELECT
    e.case_id,
    e.kind,
    e.occurred_at
FROM case_events AS e
INNER JOIN cases USING (case_id)
WHERE e.occurred_at < cases.clock_started_at AND e.kind NOT IN ('collected', 'amended')
