-- 匹配结果对应的产品不存在
-- severity: error
SELECT
    notification_id,
    line_id
FROM matches
WHERE line_id NOT IN (SELECT line_id FROM product_lines)
