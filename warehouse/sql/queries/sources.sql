-- One row per source that was ever asked or imported from, with how its last crawl ended.
WITH last_crawls AS (
    SELECT
        source,
        arg_max(outcome, started_at) AS last_outcome,
        max(started_at) AS last_run_at
    FROM runs
    WHERE step = 'crawl'
    GROUP BY source
)

SELECT
    coalesce(sources.source, crawls.source) AS source,
    coalesce(sources.title, crawls.source) AS title,
    sources.first_collected_at,
    sources.last_collected_at,
    crawls.last_outcome,
    crawls.last_run_at
FROM sources
FULL JOIN last_crawls AS crawls USING (source)
ORDER BY coalesce(sources.source, crawls.source)
