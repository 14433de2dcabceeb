-- One row per pair of notification and product line, with the officer's latest decision above the machine's.
CREATE TABLE matches AS
SELECT * EXCLUDE (judged_by) REPLACE (warehouse.without_addresses(reason) AS reason)
FROM warehouse.effective_matches;
