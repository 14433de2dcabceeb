-- One row per table of the copy, itself described elsewhere.
SELECT table_name
FROM duckdb_tables()
WHERE database_name = 'published' AND schema_name = 'main' AND table_name <> 'published_tables'
ORDER BY table_name
