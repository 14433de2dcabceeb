-- One row per printed fact of an earlier issue that a later issue put right.
CREATE TABLE bulletin_corrections AS
SELECT *
FROM warehouse.bulletin_corrections;
