-- One row per version of the records that changed_records are made of. Found by their keys, then read by their places:
-- whoever reads all columns to find a few rows reads every text of the history.
CREATE OR REPLACE TEMP TABLE versions_read AS
WITH records AS (
    SELECT DISTINCT
        source,
        source_key
    FROM warehouse.raw_notifications
    SEMI JOIN changed_records USING (notification_id)
),

places AS (
    SELECT rowid AS place
    FROM warehouse.raw_notifications
    SEMI JOIN records USING (source, source_key)
)

SELECT *
FROM warehouse.raw_notifications
WHERE rowid IN (SELECT place FROM places);
CREATE OR REPLACE TEMP VIEW changed_versions AS
SELECT *
FROM versions_read
