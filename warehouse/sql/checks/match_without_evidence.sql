-- 机器提示的匹配没有依据
-- severity: warning
SELECT
    notification_id,
    line_id,
    match_level
FROM matches
ANTI JOIN match_evidence USING (notification_id, line_id)
WHERE relation <> 'none' AND match_level <> 'none'
