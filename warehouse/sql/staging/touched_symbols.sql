-- One row per touched notification and document symbol.
SELECT
    notification_id,
    unnest(symbols) AS symbol
FROM notifications
WHERE notification_id IN (FROM touched)
