-- 匹配依据没有对应的匹配结果
-- severity: error
SELECT
    notification_id,
    line_id,
    ordinal
FROM match_evidence
ANTI JOIN matches USING (notification_id, line_id)
