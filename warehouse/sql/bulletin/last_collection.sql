-- One row: when a source of counted notifications was last collected; others tell nothing of how far these reach.
SELECT max(sources.last_collected_at) AS last_collected_at
FROM sources
WHERE sources.source IN (SELECT raw.source FROM raw_notifications AS raw WHERE raw.channel = 'wto')
