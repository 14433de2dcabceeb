-- One row per decision of an officer on a pair.
CREATE TABLE judgements AS
SELECT * EXCLUDE (judged_by) REPLACE (warehouse.without_addresses(reason) AS reason)
FROM warehouse.judgements;
