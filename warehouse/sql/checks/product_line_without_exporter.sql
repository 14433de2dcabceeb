-- 产品的企业不存在
-- severity: error
SELECT
    line_id,
    exporter_id
FROM product_lines
WHERE exporter_id NOT IN (SELECT exporter_id FROM exporters)
