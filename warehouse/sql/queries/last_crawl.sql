-- At most one row: the last day that a finished crawl of $source has covered.
SELECT max(arguments ->> 'until') AS until
FROM runs
WHERE step = 'crawl' AND source = $source AND outcome IN ('done', 'findings')
HAVING until IS NOT NULL
