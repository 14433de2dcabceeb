-- One row per product line: what the lexicon makes of it, and its HS codes in the current edition.
CREATE TABLE line_readings AS
SELECT *
FROM warehouse.line_readings;
