-- One row per notification that any record or version tells of: all of them are written.
CREATE OR REPLACE TEMP TABLE changed_records AS
SELECT notification_id
FROM warehouse.raw_notifications
UNION
SELECT notification_id
FROM warehouse.notifications
UNION
SELECT notification_id
FROM warehouse.notification_symbols
