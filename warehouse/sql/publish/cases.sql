-- One row per case: a measure that concerns at least one exporter.
CREATE TABLE cases AS
SELECT *
FROM warehouse.cases;
