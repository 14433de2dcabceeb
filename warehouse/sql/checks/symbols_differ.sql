-- 通报号明细与通报不一致（派生表未重建）
-- severity: error
SELECT
    notification_id,
    symbol
FROM (
    SELECT
        notification_id,
        unnest(symbols) AS symbol,
        1 AS n_more
    FROM notifications
    UNION ALL
    SELECT
        notification_id,
        symbol,
        -1 AS n_more
    FROM notification_symbols
) AS both_sides
GROUP BY notification_id, symbol
HAVING sum(n_more) <> 0
