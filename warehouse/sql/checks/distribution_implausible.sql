-- 通报日期早于1995年或晚于采集日
-- severity: warning
SELECT
    notification_id,
    distribution_date,
    last_seen_at
FROM notifications
-- a day ahead is Geneva before a server in UTC; legislation is announced before it is published
WHERE channel = 'wto' AND (distribution_date < DATE '1995-01-01' OR distribution_date > last_seen_at::DATE + 1)
