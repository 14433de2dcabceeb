-- 来源记录的现行版本与版本变更记录不一致（按时点查询、修改对照会出错）
-- severity: error
WITH suspect AS (
    -- few records ever change: of all others the one version has the one turn
    SELECT
        source,
        source_key
    FROM (
        SELECT
            source,
            source_key,
            hash(content_hash) AS version,
            1 AS n_versions
        FROM raw_notifications
        UNION ALL
        SELECT
            source,
            source_key,
            hash(content_hash) AS version,
            0 AS n_versions
        FROM notification_turns
    ) AS both_sides
    GROUP BY source, source_key
    HAVING count(*) <> 2 OR sum(n_versions) <> 1 OR bit_xor(version) <> 0
),

latest AS (
    SELECT
        source,
        source_key,
        -- the same order as in staging/touched_notifications
        arg_max(content_hash, (last_load, coalesce(row_number, 0), content_hash)) AS content_hash
    FROM raw_notifications
    SEMI JOIN suspect USING (source, source_key)
    GROUP BY source, source_key
),

last_turn AS (
    SELECT
        source,
        source_key,
        arg_max(content_hash, turn) AS content_hash
    FROM notification_turns
    SEMI JOIN suspect USING (source, source_key)
    GROUP BY source, source_key
)

SELECT
    source,
    source_key
FROM latest
LEFT JOIN last_turn USING (source, source_key)
WHERE latest.content_hash IS DISTINCT FROM last_turn.content_hash
