-- 通报的版本数与来源记录不一致（派生表未重建）
-- severity: error
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
    GROUP BY notification_id
) AS raw USING (notification_id)
WHERE n.n_versions <> raw.n_versions
