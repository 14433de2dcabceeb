-- One row per printed symbol and the notification that it is now; also where the record has since taken another symbol.
SELECT
    symbol AS printed_symbol,
    notification_id
FROM notification_symbols
WHERE symbol IN (SELECT unnest($symbols))
UNION
SELECT
    older.symbol AS printed_symbol,
    newer.notification_id
FROM (
    SELECT
        source,
        source_key,
        first_seen_at,
        unnest(symbols) AS symbol
    FROM raw_notifications
    WHERE list_has_any(symbols, $symbols)
) AS older
INNER JOIN raw_notifications AS newer USING (source, source_key)
WHERE
    older.symbol IN (SELECT unnest($symbols))
    AND newer.first_seen_at > older.first_seen_at
    AND newer.notification_id IN (SELECT notification_id FROM notifications)
ORDER BY printed_symbol, notification_id
