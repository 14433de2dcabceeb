-- 来源版本的采集运行没有记录（无法追溯到采集文件）
-- severity: error
SELECT
    source,
    source_key,
    run_id
FROM raw_notifications
WHERE run_id NOT IN (SELECT run_id FROM runs)
