-- 来源现行版本没有对应通报（派生表未重建）
-- severity: error
WITH lost AS (
    -- an older version may well name a notification that is gone
    SELECT DISTINCT
        source,
        source_key
    FROM raw_notifications
    ANTI JOIN notifications USING (notification_id)
)

SELECT
    source,
    source_key,
    arg_max(notification_id, (last_load, coalesce(row_number, 0), content_hash)) AS notification_id
FROM raw_notifications
SEMI JOIN lost USING (source, source_key)
GROUP BY source, source_key
HAVING
    arg_max(notification_id, (last_load, coalesce(row_number, 0), content_hash))
    NOT IN (SELECT notification_id FROM notifications)
