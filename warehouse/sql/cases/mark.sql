-- One row: counts and latest moments of what cases are opened and events derived from.
SELECT mark
FROM case_sources;
