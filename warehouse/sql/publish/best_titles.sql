-- One row per notification of which a title in Chinese is known: the one that counts.
CREATE TABLE best_titles AS
SELECT
    * EXCLUDE (translator, names) REPLACE (
        CASE
            WHEN kind = 'officer' THEN warehouse.without_contacts(warehouse.without_names(title_zh, names))
            ELSE title_zh
        END AS title_zh
    )
FROM warehouse.best_titles
CROSS JOIN (
    SELECT CASE WHEN getvariable('firm_names') THEN [] ELSE names END AS names
    FROM warehouse.listed_names
) AS said;
