-- 通报号明细与通报不一致（派生表未重建）
-- severity: error
SELECT
    notification_id,
    symbol
FROM (
    SELECT
        notification_id,
        unnest(symbols) AS symbol
    FROM notifications
) AS stated
FULL JOIN notification_symbols AS listed USING (notification_id, symbol)
WHERE stated.symbol IS NULL OR listed.symbol IS NULL
