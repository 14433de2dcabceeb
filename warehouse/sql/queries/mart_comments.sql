-- One row per uncommented column of a mart, with the comment that it takes over from a column of the same name: of the
-- base table that the mart is named after, else of the only text that base tables have, else of the notifications.
WITH candidates AS (
    SELECT
        table_name AS wanted_by,
        column_name,
        comment,
        1 AS rank
    FROM duckdb_columns()
    WHERE database_name = 'published' AND schema_name = 'main' AND comment IS NOT NULL
    UNION ALL
    SELECT
        '' AS wanted_by,
        column_name,
        any_value(comment) AS comment,
        2 AS rank
    FROM duckdb_columns()
    WHERE database_name = 'published' AND schema_name = 'main' AND comment IS NOT NULL
    GROUP BY column_name
    HAVING count(DISTINCT comment) = 1
    UNION ALL
    SELECT
        '' AS wanted_by,
        column_name,
        comment,
        CASE schema_name WHEN 'main' THEN 3 ELSE 4 END AS rank
    FROM duckdb_columns()
    WHERE
        database_name = 'published'
        AND table_name = 'notifications'
        AND schema_name IN ('main', 'mart')
        AND comment IS NOT NULL
)

SELECT
    target.table_name,
    target.column_name,
    arg_min(candidates.comment, candidates.rank) AS comment
FROM duckdb_columns() AS target
INNER JOIN candidates
    ON target.column_name = candidates.column_name AND candidates.wanted_by IN ('', target.table_name)
WHERE target.database_name = 'published' AND target.schema_name = 'mart' AND target.comment IS NULL
GROUP BY target.table_name, target.column_name
ORDER BY target.table_name, target.column_name
