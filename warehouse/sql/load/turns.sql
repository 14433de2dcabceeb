-- Writes down which records of the landing file show another version from now on.
INSERT INTO notification_turns
WITH keys AS (
    SELECT DISTINCT source_key
    FROM incoming
),

latest AS (
    SELECT
        source_key,
        -- the same order as in staging/touched_notifications
        arg_max(content_hash, (last_load, coalesce(row_number, 0), content_hash)) AS content_hash
    FROM raw_notifications
    SEMI JOIN keys USING (source_key)
    WHERE source = $source
    GROUP BY source_key
),

known AS (
    SELECT
        source_key,
        max(turn) AS turn,
        arg_max(content_hash, turn) AS content_hash
    FROM notification_turns
    SEMI JOIN keys USING (source_key)
    WHERE source = $source
    GROUP BY source_key
)

SELECT
    $source AS source,
    latest.source_key,
    coalesce(known.turn, 0) + 1 AS turn,
    latest.content_hash,
    $now AS turned_at,
    false AS is_inferred,
    $run_id AS run_id
FROM latest
LEFT JOIN known USING (source_key)
WHERE known.content_hash IS DISTINCT FROM latest.content_hash
