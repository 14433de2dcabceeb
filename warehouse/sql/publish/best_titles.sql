-- One row per notification of which a title in Chinese is known: the one that counts.
CREATE TABLE best_titles AS
SELECT * EXCLUDE (translator)
FROM warehouse.best_titles;
