-- One row: how many rows the table has that the variable target names; the catalogue's figure counts deleted ones.
SELECT count(*) AS n_rows
FROM query_table(getvariable('target'))
