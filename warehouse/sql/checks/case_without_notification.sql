-- 案件没有对应通报
-- severity: error
SELECT case_id
FROM cases
WHERE case_id NOT IN (SELECT case_id FROM case_notifications)
