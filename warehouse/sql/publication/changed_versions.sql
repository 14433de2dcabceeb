-- One row per version of the records that changed_records are made of.
CREATE OR REPLACE TEMP VIEW changed_versions AS
WITH records AS (
    SELECT DISTINCT
        source,
        source_key
    FROM warehouse.raw_notifications
    SEMI JOIN changed_records USING (notification_id)
)

SELECT *
FROM warehouse.raw_notifications
SEMI JOIN records USING (source, source_key)
