-- One row per notification whose current facts this load may change: a new version, or an older version shown again.
CREATE OR REPLACE TEMP TABLE touched AS
WITH latest AS (
    SELECT
        source_key,
        arg_max(content_hash, (last_load, coalesce(row_number, 0), content_hash)) AS content_hash
    FROM raw_notifications
    WHERE source = $source
    GROUP BY source_key
),

changed_keys AS (
    SELECT DISTINCT incoming.source_key
    FROM incoming
    LEFT JOIN latest USING (source_key, content_hash)
    WHERE latest.source_key IS NULL
)

SELECT notification_id
FROM incoming
WHERE source_key IN (FROM changed_keys)
UNION
-- a record that changed its notification_id leaves its old notification, which must be built again too
SELECT notification_id
FROM raw_notifications
WHERE source = $source AND source_key IN (FROM changed_keys)
