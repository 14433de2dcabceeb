-- One row per row that the table fresh has and the table named by the variable target has not (as often).
CREATE OR REPLACE TEMP TABLE missing AS
FROM fresh
EXCEPT ALL
FROM query_table(getvariable('target'))
