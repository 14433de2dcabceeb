-- 研判的通报已不存在（来源更改了通报编号，请重新研判）
-- severity: warning
SELECT
    judgement_id,
    notification_id
FROM judgements
WHERE notification_id NOT IN (SELECT notification_id FROM notifications)
