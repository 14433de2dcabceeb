-- 中文题名对应的通报未采集到
-- severity: info
SELECT symbol
FROM chinese_titles
WHERE symbol NOT IN (SELECT symbol FROM notification_symbols)
