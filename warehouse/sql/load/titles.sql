-- Adds the Chinese titles of the landing file at $path; a version that is known is marked as seen again.
INSERT INTO raw_titles BY NAME
SELECT
    $source AS source,
    incoming.* EXCLUDE ("row"),
    $run_id AS run_id,
    incoming."row" AS row_number,
    $now AS first_seen_at,
    $now AS last_seen_at,
    $load_number AS last_load
-- noqa: disable=LT02
FROM read_json(
    $path,
    format = 'newline_delimited',
    maximum_object_size = 4194304,
    columns = {
        source_key: 'VARCHAR',
        content_hash: 'VARCHAR',
        payload: 'JSON',
        symbol: 'VARCHAR',
        title_zh: 'VARCHAR',
        published_date: 'DATE',
        url: 'VARCHAR',
        "row": 'INTEGER'
    }
) AS incoming
QUALIFY row_number() OVER (PARTITION BY source_key, content_hash ORDER BY incoming."row" DESC NULLS LAST) = 1
ON CONFLICT (source, source_key, content_hash) DO UPDATE SET
    last_seen_at = greatest(raw_titles.last_seen_at, excluded.last_seen_at),
    last_load = excluded.last_load,
    row_number = excluded.row_number
