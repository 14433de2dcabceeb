-- One row per row that the table named by the variable target has and the table fresh has not (as often).
CREATE OR REPLACE TEMP TABLE surplus AS
FROM query_table(getvariable('target'))
EXCEPT ALL
FROM fresh
