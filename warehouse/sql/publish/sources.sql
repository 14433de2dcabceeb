-- One row per source that notifications were collected from.
CREATE TABLE sources AS
SELECT *
FROM warehouse.sources;
