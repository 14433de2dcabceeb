-- 企业出口市场代码不在成员表中（没有中文名称）
-- severity: info
SELECT
    line_id,
    market_code
FROM (
    SELECT
        line_id,
        unnest(market_codes) AS market_code
    FROM product_lines
    WHERE closed_at IS NULL
) AS listed
WHERE market_code NOT IN (
    SELECT code FROM read_csv(getvariable('seeds') || '/wto_members.csv', header = TRUE, all_varchar = TRUE)
)
