-- One row per product line of an exporter, open or closed.
CREATE TABLE product_lines AS
SELECT
    * EXCLUDE (note, names) REPLACE (
        warehouse.published_key(exporter_id, getvariable('firm_names')) AS exporter_id,
        warehouse.published_words(
            warehouse.without_names(product_name, names), getvariable('firm_names')
        ) AS product_name,
        warehouse.published_words(
            warehouse.without_names(description, names), getvariable('firm_names')
        ) AS description,
        warehouse.published_words(
            warehouse.without_names(market_text, names), getvariable('firm_names')
        ) AS market_text
    )
FROM warehouse.product_lines
CROSS JOIN (
    SELECT CASE WHEN getvariable('firm_names') THEN [] ELSE names END AS names
    FROM warehouse.listed_names
) AS said;
