-- 来源版本的最后采集时间早于首次采集时间
-- severity: error
SELECT
    source,
    source_key,
    content_hash,
    first_seen_at,
    last_seen_at
FROM raw_notifications
WHERE last_seen_at < first_seen_at
