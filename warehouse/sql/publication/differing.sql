-- One row per hash of a row that the table fresh and the table named by the variable target have not equally often.
CREATE OR REPLACE TEMP TABLE differing AS
SELECT row_hash
FROM (
    SELECT
        hash(fresh) AS row_hash,
        1 AS n_more
    FROM fresh
    UNION ALL
    SELECT
        hash(held) AS row_hash,
        -1 AS n_more
    FROM query_table(getvariable('target')) AS held
) AS both_sides
GROUP BY row_hash
HAVING sum(n_more) <> 0
