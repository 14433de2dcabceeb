-- One row per notification and name of its measure, of the measures that are current on $today. Not what China notified
-- itself, as in the bulletin, and no recalls: those name makers.
WITH told AS (
    SELECT
        notification_id,
        distribution_date,
        comment_deadline,
        entry_into_force_date
    FROM notifications
    WHERE channel IN ('wto', 'legislation') AND NOT (len(member_codes) = 1 AND member_codes[1] = 'CHN')
),

current_keys AS (
    SELECT DISTINCT k.measure_key
    FROM told
    INNER JOIN measure_keys AS k USING (notification_id)
    WHERE
        told.comment_deadline >= $today
        OR told.entry_into_force_date >= $today
        OR told.distribution_date > $today::DATE - INTERVAL 12 MONTH
)

SELECT
    told.notification_id,
    k.measure_key,
    min(k.rank) AS key_rank
FROM told
INNER JOIN measure_keys AS k USING (notification_id)
WHERE k.measure_key IN (SELECT current_keys.measure_key FROM current_keys)
GROUP BY told.notification_id, k.measure_key
ORDER BY told.notification_id, key_rank, k.measure_key
