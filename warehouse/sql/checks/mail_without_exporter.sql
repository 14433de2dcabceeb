-- 邮件的企业不存在
-- severity: error
SELECT
    mail_id,
    exporter_id
FROM mails
WHERE exporter_id NOT IN (SELECT exporter_id FROM exporters)
