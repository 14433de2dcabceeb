-- 来源版本的来源没有登记
-- severity: error
SELECT
    source,
    source_key
FROM raw_notifications
WHERE source NOT IN (SELECT source FROM sources)
