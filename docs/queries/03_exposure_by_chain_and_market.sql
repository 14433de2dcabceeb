-- How many firms and what annual export value (万元) stand behind direct matches, by industry chain and notifying member?
SELECT
    exposed.industry_chain,
    exposed.member_code,
    count(DISTINCT exposed.exporter_id) AS n_firms,
    sum(exposed.annual_export_cny_10k) AS export_cny_10k
FROM (
    -- a line counts once a member, however many measures touch it; its value is its export to all markets
    SELECT DISTINCT
        lines.line_id,
        lines.exporter_id,
        lines.annual_export_cny_10k,
        exporters.industry_chain,
        members.member_code
    FROM matches
    INNER JOIN product_lines AS lines ON matches.line_id = lines.line_id
    INNER JOIN exporters ON lines.exporter_id = exporters.exporter_id
    INNER JOIN notification_members AS members ON matches.notification_id = members.notification_id
    WHERE matches.relation = 'direct' AND matches.match_level <> 'none' AND matches.sells_to_member
) AS exposed
GROUP BY exposed.industry_chain, exposed.member_code
ORDER BY export_cny_10k DESC NULLS LAST, exposed.industry_chain ASC, exposed.member_code ASC
