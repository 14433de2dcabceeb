-- 产品年出口额为负数
-- severity: error
SELECT
    line_id,
    annual_export_cny_10k
FROM product_lines
WHERE annual_export_cny_10k < 0
