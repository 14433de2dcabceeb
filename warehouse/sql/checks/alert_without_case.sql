-- 告警没有对应案件或邮件
-- severity: error
SELECT
    alert_id,
    case_id
FROM alerts
WHERE
    case_id NOT IN (SELECT case_id FROM cases)
    OR mail_id NOT IN (SELECT mail_id FROM mails)
