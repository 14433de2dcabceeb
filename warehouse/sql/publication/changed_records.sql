-- One row per notification of which the warehouse tells other than the copy before: of all its records, and of all
-- notifications that a record which changed belongs or belonged to.
CREATE OR REPLACE TEMP TABLE changed_records AS
WITH versions AS (
    -- what a version says never changes, so its hash stands for its texts; the same row on both sides cancels out
    SELECT
        source,
        source_key,
        notification_id,
        hash(content_hash, notification_id, run_id, row_number, first_seen_at, last_seen_at, last_load) AS told
    FROM warehouse.raw_notifications
    UNION ALL
    SELECT
        source,
        source_key,
        notification_id,
        hash(content_hash, notification_id, run_id, row_number, first_seen_at, last_seen_at, last_load) AS told
    FROM published.notification_versions
),

other_records AS (
    SELECT
        source,
        source_key
    FROM versions
    GROUP BY source, source_key
    HAVING bit_xor(told) <> 0
),

notifications AS (
    SELECT
        notification_id,
        hash(content_hash, n_versions, first_seen_at, last_seen_at) AS told
    FROM warehouse.notifications
    UNION ALL
    SELECT
        notification_id,
        hash(content_hash, n_versions, first_seen_at, last_seen_at) AS told
    FROM published.notifications
)

SELECT notification_id
FROM versions
SEMI JOIN other_records USING (source, source_key)
UNION
SELECT notification_id
FROM notifications
GROUP BY notification_id
HAVING bit_xor(told) <> 0
