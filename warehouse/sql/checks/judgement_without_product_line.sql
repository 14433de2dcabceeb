-- 研判的产品不存在
-- severity: error
SELECT
    judgement_id,
    line_id
FROM judgements
WHERE line_id NOT IN (SELECT line_id FROM product_lines)
