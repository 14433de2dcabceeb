-- One row per published table with its number of rows.
SELECT
    table_name,
    estimated_size
FROM duckdb_tables()
WHERE database_name = 'published'
ORDER BY table_name
