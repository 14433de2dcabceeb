-- One row per column of the published table $table_name without a comment, with the comment that it has in $origin.
SELECT
    target.column_name,
    origin.comment
FROM duckdb_columns() AS target
INNER JOIN duckdb_columns() AS origin
    ON
        target.column_name = origin.column_name
        AND origin.database_name = 'warehouse'
        AND origin.table_name = $origin
WHERE
    target.database_name = 'published'
    AND target.table_name = $table_name
    AND target.comment IS NULL
    AND origin.comment IS NOT NULL
ORDER BY target.column_name
