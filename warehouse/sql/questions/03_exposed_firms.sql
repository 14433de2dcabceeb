-- Which firms of one industry chain sell to one member, and what did it, or a union it belongs to, notify for them?
-- title: 某一产业链出口某一成员的企业及相关通报
-- param chain VARCHAR 锂电池 产业链名称，或名称中的字
-- param member VARCHAR:member DEU 成员代码，如 DEU；其所属的关税同盟（如欧盟）一并计入
WITH markets AS (
    SELECT $member::VARCHAR AS market_code
    UNION
    SELECT groups.group_code AS market_code
    FROM main.ref_member_groups AS groups
    CROSS JOIN main.published
    WHERE
        groups.member_code = $member::VARCHAR
        AND groups.joined_on <= (published.published_at AT TIME ZONE 'Asia/Shanghai')::DATE
        AND (groups.left_on IS NULL OR groups.left_on > (published.published_at AT TIME ZONE 'Asia/Shanghai')::DATE)
)

SELECT
    exposure.exporter_id,
    exposure.exporter_name,
    exposure.industry_chain,
    exposure.product_name,
    exposure.hs_code,
    -- of the line, to all markets together
    exposure.annual_export_cny_10k,
    exposure.market_zh,
    exposure.n_measures,
    exposure.n_open_deadlines,
    exposure.symbols_text
FROM mart.exposure AS exposure
INNER JOIN markets USING (market_code)
WHERE contains(exposure.industry_chain, $chain::VARCHAR)
ORDER BY
    exposure.n_measures DESC, exposure.annual_export_cny_10k DESC NULLS LAST, exposure.exporter_id ASC,
    exposure.product_name ASC, exposure.market_zh ASC
