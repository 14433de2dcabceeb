-- One row per source.
SELECT *
FROM sources
ORDER BY source
