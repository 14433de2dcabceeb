-- One row per column of a published table, in order.
SELECT
    t.table_name,
    t.comment AS grain,
    coalesce(sizes.n_rows, (SELECT count(*) FROM published_tables)) AS n_rows,
    c.column_name,
    c.data_type,
    c.comment
FROM duckdb_columns() AS c
INNER JOIN duckdb_tables() AS t USING (database_name, schema_name, table_name)
LEFT JOIN published_tables AS sizes USING (table_name)
WHERE c.database_name = 'published' AND c.schema_name = 'main'
ORDER BY t.table_name, c.column_index
