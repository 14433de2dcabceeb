-- 同一通报号以不同编号入库（统计按通报号去重）
-- severity: warning
SELECT
    symbol,
    list_sort(list(notification_id)) AS notification_ids
FROM notification_symbols
GROUP BY symbol
HAVING count(*) > 1
ORDER BY symbol
