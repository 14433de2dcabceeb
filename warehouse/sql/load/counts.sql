-- One row: what the landing file brings, against what is known of the source.
WITH known AS (
    SELECT source_key, content_hash
    FROM raw_notifications
    WHERE source = $source
)

SELECT
    count(*) AS n_records,
    count(*) FILTER (source_key NOT IN (SELECT source_key FROM known)) AS n_new,
    count(*) FILTER (
        source_key IN (SELECT source_key FROM known)
        AND (source_key, content_hash) NOT IN (FROM known)
    ) AS n_changed
FROM incoming
