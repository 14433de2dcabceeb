-- 通报的版本数与来源记录不一致（派生表未重建）
-- severity: error
WITH suspect AS (
    -- as many rows as versions: nearly always; only a joint text may come as the same row under several keys
    SELECT notification_id
    FROM (
        SELECT
            notification_id,
            n_versions AS n_more
        FROM notifications
        UNION ALL
        SELECT
            notification_id,
            -1 AS n_more
        FROM raw_notifications
    ) AS both_sides
    GROUP BY notification_id
    HAVING sum(n_more) <> 0
)

SELECT
    notification_id,
    n.n_versions,
    raw.n_versions AS n_found
FROM notifications AS n
INNER JOIN (
    SELECT
        notification_id,
        count(DISTINCT content_hash) AS n_versions
    FROM raw_notifications
    SEMI JOIN suspect USING (notification_id)
    GROUP BY notification_id
) AS raw USING (notification_id)
WHERE n.n_versions <> raw.n_versions
