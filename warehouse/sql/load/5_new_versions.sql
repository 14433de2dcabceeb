-- Adds the versions of the landing file that were never seen before.
INSERT INTO raw_notifications BY NAME
SELECT
    $source AS source,
    incoming.*,
    incoming.row_number AS first_row_number,
    $run_id AS run_id,
    $landing_file AS landing_file,
    $now AS first_seen_at,
    $now AS last_seen_at,
    $load_number AS last_load
FROM incoming
ANTI JOIN (SELECT source_key, content_hash FROM raw_notifications WHERE source = $source) AS known
    USING (source_key, content_hash)
