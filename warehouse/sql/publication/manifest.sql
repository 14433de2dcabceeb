-- One row: what stands at the head of manifest.json.
SELECT
    version,
    publication,
    strftime(published_at, '%Y-%m-%dT%H:%M:%S.%fZ') AS published_at,
    tool_version,
    schema_version,
    has_firm_names,
    'tbtwatch-' || version || '.duckdb' AS duckdb_file
FROM published
