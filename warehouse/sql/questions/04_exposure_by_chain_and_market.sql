-- How many firms and what annual export value (万元) stand behind the matches, by industry chain and market?
-- title: 各产业链在各市场受影响的企业数和年出口额
-- param direct BOOLEAN true 只计直接相关；写 false 则直接、间接都计
SELECT
    industry_chain,
    market_code,
    market_zh,
    count(DISTINCT exporter_id) AS n_firms,
    count(*) AS n_lines,
    -- a line counts once a market, however many measures touch it; its value is its export to all markets
    sum(annual_export_cny_10k) AS export_cny_10k
FROM mart.exposure
WHERE CASE WHEN $direct::BOOLEAN THEN n_direct ELSE n_measures END > 0
GROUP BY industry_chain, market_code, market_zh
ORDER BY export_cny_10k DESC NULLS LAST, industry_chain ASC, market_code ASC
