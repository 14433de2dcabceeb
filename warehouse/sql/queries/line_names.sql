-- One row per product line, open or closed.
SELECT
    line_id,
    exporter_id,
    product_name
FROM product_lines
