-- One row per version of a record: all of them are written.
CREATE OR REPLACE TEMP VIEW changed_versions AS
SELECT *
FROM warehouse.raw_notifications
