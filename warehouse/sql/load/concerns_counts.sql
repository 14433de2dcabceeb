-- One row: what is known of $source in raw_concerns, before or after a load.
SELECT
    count(*)::INTEGER AS n_versions,
    count(DISTINCT source_key)::INTEGER AS n_keys
FROM raw_concerns
WHERE source = $source
