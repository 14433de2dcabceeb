-- One row per product line of an exporter, open or closed.
CREATE TABLE product_lines AS
SELECT
    * EXCLUDE (note) REPLACE (
        warehouse.without_addresses(product_name) AS product_name,
        warehouse.without_addresses(description) AS description,
        warehouse.without_addresses(market_text) AS market_text
    )
FROM warehouse.product_lines;
