-- One row per version of a record that a source showed, with the landing file that brought it.
CREATE VIEW mart.lineage AS
WITH turns AS (
    SELECT
        source,
        source_key,
        arg_max(content_hash, turn) AS content_hash
    FROM main.notification_turns
    GROUP BY source, source_key
)

SELECT
    coalesce(v.symbols[1], '') AS symbol,
    array_to_string(v.symbols, '、') AS symbols_text,
    v.notification_id,
    v.source,
    sources.title AS source_title,
    sources.priority,
    v.source_key,
    row_number() OVER (
        PARTITION BY v.source, v.source_key ORDER BY v.first_seen_at, v.first_row_number NULLS FIRST, v.content_hash
    )::INTEGER AS version_number,
    turns.content_hash IS NOT NULL AS is_current,
    v.content_hash,
    v.first_seen_at,
    v.last_seen_at,
    v.run_id,
    coalesce(runs.step, '') AS run_step,
    runs.started_at AS run_started_at,
    coalesce(runs.tool_version, '') AS tool_version,
    coalesce(runs.arguments ->> '$.file', '') AS input_file,
    -- before 0.2 only the folder is known: that of the run, or the one that a crawl wrote down
    'landing/' || coalesce(
        parse_dirpath(v.landing_file, 'forward_slash'),
        v.source || '/' || coalesce(runs.arguments ->> '$.landing', v.run_id)
    ) AS landing_folder,
    coalesce('landing/' || v.landing_file, '') AS landing_file,
    v.first_row_number AS row_number
FROM main.notification_versions AS v
LEFT JOIN turns ON v.source = turns.source AND v.source_key = turns.source_key AND v.content_hash = turns.content_hash
LEFT JOIN main.sources AS sources ON v.source = sources.source
LEFT JOIN main.runs AS runs ON v.run_id = runs.run_id;
COMMENT ON COLUMN mart.lineage.symbol IS 'First document symbol of this version; empty where it has none.';
COMMENT ON COLUMN mart.lineage.symbols_text IS 'All document symbols of this version, joined with 、.';
COMMENT ON COLUMN mart.lineage.notification_id IS 'Notification that this version belongs to.';
COMMENT ON COLUMN mart.lineage.source IS 'Source that showed the record.';
COMMENT ON COLUMN mart.lineage.source_title IS 'Name of the source, in Chinese.';
COMMENT ON COLUMN mart.lineage.version_number IS 'Order in which the versions of the record were first shown, from 1.';
COMMENT ON COLUMN mart.lineage.is_current IS 'Whether the source shows this version now.';
COMMENT ON COLUMN mart.lineage.first_seen_at IS 'First collection of this version (UTC).';
COMMENT ON COLUMN mart.lineage.last_seen_at IS 'Last time that the source showed this version (UTC).';
COMMENT ON COLUMN mart.lineage.run_id IS 'Run that brought this version first.';
COMMENT ON COLUMN mart.lineage.run_step IS 'Step of that run: import-notifications or crawl.';
COMMENT ON COLUMN mart.lineage.run_started_at IS 'Start of that run (UTC).';
COMMENT ON COLUMN mart.lineage.tool_version IS 'Version of tbtwatch that brought it.';
COMMENT ON COLUMN mart.lineage.input_file IS 'Name of the file that was imported; empty after a crawl.';
COMMENT ON COLUMN mart.lineage.landing_folder IS 'Landing folder that brought this version first, below the home.';
COMMENT ON COLUMN mart.lineage.landing_file IS
'Landing file in it, below the home; empty where it was loaded before 0.2: any observations*.jsonl.gz of the folder.';
COMMENT ON COLUMN mart.lineage.source_key IS 'Key of the record within its source.';
COMMENT ON COLUMN mart.lineage.content_hash IS 'SHA-256 of fields and payload of this version, as in the landing file.';
COMMENT ON COLUMN mart.lineage.row_number IS 'Row of the file that was imported, where it has rows.';
