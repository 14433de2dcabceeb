-- One row per execution of a step.
CREATE TABLE runs AS
SELECT *
FROM warehouse.runs;
