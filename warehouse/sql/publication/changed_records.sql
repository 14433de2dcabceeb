-- One row per notification of which the warehouse tells other than the copy before: of all its records, and of all
-- notifications that a record which changed belongs or belonged to.
CREATE OR REPLACE TEMP TABLE changed_records AS
WITH versions_now AS (
    -- what a version says never changes, so its hash stands for its texts
    SELECT source, source_key, content_hash, notification_id, run_id, row_number, first_seen_at, last_seen_at, last_load
    FROM warehouse.raw_notifications
),

versions_before AS (
    SELECT source, source_key, content_hash, notification_id, run_id, row_number, first_seen_at, last_seen_at, last_load
    FROM published.notification_versions
),

new_versions AS (
    FROM versions_now
    EXCEPT
    FROM versions_before
),

old_versions AS (
    FROM versions_before
    EXCEPT
    FROM versions_now
),

other_records AS (
    SELECT source, source_key
    FROM new_versions
    UNION
    SELECT source, source_key
    FROM old_versions
),

notifications_now AS (
    SELECT notification_id, content_hash, n_versions, first_seen_at, last_seen_at
    FROM warehouse.notifications
),

notifications_before AS (
    SELECT notification_id, content_hash, n_versions, first_seen_at, last_seen_at
    FROM published.notifications
),

new_notifications AS (
    FROM notifications_now
    EXCEPT
    FROM notifications_before
),

old_notifications AS (
    FROM notifications_before
    EXCEPT
    FROM notifications_now
)

SELECT notification_id
FROM versions_now
SEMI JOIN other_records USING (source, source_key)
UNION
SELECT notification_id
FROM versions_before
SEMI JOIN other_records USING (source, source_key)
UNION
SELECT notification_id
FROM new_notifications
UNION
SELECT notification_id
FROM old_notifications
