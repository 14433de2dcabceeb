-- One row per moment from which a source showed another version of a record than before: what was known when.
CREATE TABLE notification_turns (
    source VARCHAR NOT NULL,
    source_key VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    content_hash VARCHAR NOT NULL,
    turned_at TIMESTAMPTZ NOT NULL,
    is_inferred BOOLEAN NOT NULL,
    run_id VARCHAR NOT NULL,
    PRIMARY KEY (source, source_key, turn)
);
COMMENT ON TABLE notification_turns IS
'One row per moment from which a source showed another version of a record than before: what was known when.';
COMMENT ON COLUMN notification_turns.source IS 'Source that showed the record.';
COMMENT ON COLUMN notification_turns.source_key IS 'Key of the record within its source.';
COMMENT ON COLUMN notification_turns.turn IS
'Order of the turns of a record, from 1: the latest one that had come by a moment held then, whatever the clock said.';
COMMENT ON COLUMN notification_turns.content_hash IS 'Version of the record that holds from here on.';
COMMENT ON COLUMN notification_turns.turned_at IS 'Collection that showed it (UTC).';
COMMENT ON COLUMN notification_turns.is_inferred IS
'Whether it was reckoned from first and last collections when this table was introduced.';
COMMENT ON COLUMN notification_turns.run_id IS
'Run that showed it; empty where that was reckoned and the version had been shown before.';

-- what was loaded before: a version holds from when it was first seen; one that came back, from when it was last seen
INSERT INTO notification_turns
WITH latest AS (
    SELECT
        source,
        source_key,
        arg_max(content_hash, (last_load, coalesce(row_number, 0), content_hash)) AS content_hash
    FROM raw_notifications
    GROUP BY source, source_key
),

first_shown AS (
    SELECT
        source,
        source_key,
        content_hash,
        first_seen_at AS turned_at,
        run_id,
        (last_load, coalesce(row_number, 0), content_hash) AS standing
    FROM raw_notifications
    -- of the versions of one collection the last one held
    QUALIFY row_number() OVER (PARTITION BY source, source_key, first_seen_at ORDER BY standing DESC) = 1
),

ordered AS (
    SELECT
        source,
        source_key,
        content_hash,
        turned_at,
        run_id,
        row_number() OVER (PARTITION BY source, source_key ORDER BY turned_at) AS turn,
        lead(content_hash) OVER (PARTITION BY source, source_key ORDER BY turned_at) IS NULL AS is_last
    FROM first_shown
)

SELECT
    source,
    source_key,
    turn,
    content_hash,
    turned_at,
    TRUE AS is_inferred,
    run_id
FROM ordered
UNION ALL
SELECT
    latest.source,
    latest.source_key,
    ordered.turn + 1 AS turn,
    latest.content_hash,
    greatest(ordered.turned_at, raw.last_seen_at) AS turned_at,
    TRUE AS is_inferred,
    '' AS run_id
FROM latest
INNER JOIN ordered USING (source, source_key)
INNER JOIN raw_notifications AS raw
    ON
        latest.source = raw.source
        AND latest.source_key = raw.source_key
        AND latest.content_hash = raw.content_hash
WHERE ordered.is_last AND ordered.content_hash <> latest.content_hash;
