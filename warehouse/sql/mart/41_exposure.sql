-- One row per open product line and export market: what the line exports and what the market has notified against it.
CREATE VIEW mart.exposure AS
WITH grouped AS (
    SELECT
        line_id,
        market_code,
        -- the states of the Union carry EU beside them
        market_code = 'EU' AND count(*) FILTER (list_contains(members.member_groups, 'EU')) OVER (
            PARTITION BY line_id
        ) > 0 AS is_market_group
    FROM main.product_line_markets
    LEFT JOIN main.ref_members AS members ON market_code = members.member_code
),

markets AS (
    SELECT
        *,
        -- a union listed beside its states is no further market, and never the row that stands for the line
        count(*) FILTER (NOT is_market_group) OVER (PARTITION BY line_id)::INTEGER AS n_markets,
        row_number() OVER (PARTITION BY line_id ORDER BY is_market_group, market_code)::INTEGER AS market_row
    FROM grouped
),

notified AS (
    SELECT
        m.line_id,
        members.member_code,
        -- measures (项): a joint notification is one
        count(DISTINCT m.notification_id)::INTEGER AS n_notifications,
        count(DISTINCT m.notification_id) FILTER (m.relation = 'direct')::INTEGER AS n_direct,
        arg_min(m.match_level, list_position(['warning', 'watch', 'reference'], m.match_level)) AS highest_level,
        -- an addendum and its measure are open together, until the later date
        count(DISTINCT measures.measure) FILTER (measures.effective_deadline >= today.office_day)::INTEGER
            AS n_open_deadlines,
        min(measures.effective_deadline) FILTER (measures.effective_deadline >= today.office_day) AS next_deadline,
        max(n.distribution_date) AS last_distribution_date,
        string_agg(
            DISTINCT coalesce(n.symbols[1], n.notification_id), '、'
            ORDER BY coalesce(n.symbols[1], n.notification_id)
        ) AS symbols_text
    FROM main.matches AS m
    INNER JOIN main.notifications AS n USING (notification_id)
    INNER JOIN mart.measure_deadlines AS measures USING (notification_id)
    INNER JOIN main.notification_members AS members USING (notification_id)
    CROSS JOIN mart.office_day AS today
    WHERE m.relation <> 'none' AND m.match_level <> 'none'
    GROUP BY m.line_id, members.member_code
)

SELECT
    l.exporter_id,
    e.name AS exporter_name,
    e.district,
    e.industry_chain,
    l.line_id,
    l.product_name,
    l.hs_code,
    left(l.hs_code, 2) AS hs2,
    left(l.hs_code, 4) AS hs4,
    coalesce(headings.name_zh, chapters.name_zh, '') AS hs_name_zh,
    coalesce(narrow.end_use, wide.end_use, '') AS end_use,
    coalesce(array_to_string(readings.concepts_zh, '、'), '') AS concepts_zh,
    coalesce(markets.market_code, '') AS market_code,
    coalesce(members.name_zh, markets.market_code, '') AS market_zh,
    coalesce(members.name_en, markets.market_code, '') AS market_en,
    coalesce(markets.is_market_group, FALSE) AS is_market_group,
    l.annual_export_cny_10k,
    coalesce(markets.n_markets, 0) AS n_markets,
    coalesce(markets.market_row, 1) AS market_row,
    coalesce(notified.n_notifications, 0) AS n_measures,
    coalesce(notified.n_direct, 0) AS n_direct,
    coalesce(notified.highest_level, 'none') AS highest_level,
    levels.name_zh AS highest_level_zh,
    coalesce(notified.n_open_deadlines, 0) AS n_open_deadlines,
    notified.next_deadline,
    notified.last_distribution_date,
    coalesce(notified.symbols_text, '') AS symbols_text
FROM main.product_lines AS l
INNER JOIN main.exporters AS e USING (exporter_id)
LEFT JOIN markets ON l.line_id = markets.line_id
LEFT JOIN main.ref_members AS members ON markets.market_code = members.member_code
LEFT JOIN main.ref_hs_headings AS headings ON left(l.hs_code, 4) = headings.hs4
LEFT JOIN main.ref_hs_chapters AS chapters ON left(l.hs_code, 2) = chapters.hs2
LEFT JOIN mart.end_uses AS narrow ON len(l.hs_code) >= 6 AND left(l.hs_code, 6) = narrow.hs_code
LEFT JOIN mart.end_uses AS wide ON left(l.hs_code, 4) = wide.hs_code
LEFT JOIN main.line_readings AS readings ON l.line_id = readings.line_id
LEFT JOIN notified ON l.line_id = notified.line_id AND markets.market_code = notified.member_code
LEFT JOIN mart.vocabulary AS levels
    ON levels.field = 'match_level' AND levels.code = coalesce(notified.highest_level, 'none')
WHERE l.closed_at IS NULL;
COMMENT ON COLUMN mart.exposure.exporter_name IS 'Name of the firm; empty unless the settings allow names.';
COMMENT ON COLUMN mart.exposure.hs2 IS 'Chapter of the declared code.';
COMMENT ON COLUMN mart.exposure.hs4 IS 'Heading of the declared code, as far as declared.';
COMMENT ON COLUMN mart.exposure.hs_name_zh IS 'Chinese name of the heading, else of the chapter.';
COMMENT ON COLUMN mart.exposure.end_use IS
'End use of the goods (中间品, 消费品, 投资品; several joined with 、, the main one first); empty where unknown.';
COMMENT ON COLUMN mart.exposure.concepts_zh IS 'What the lexicon makes of the line, in Chinese, joined with 、.';
COMMENT ON COLUMN mart.exposure.market_code IS 'Export market as a member code; empty where the line lists none.';
COMMENT ON COLUMN mart.exposure.market_zh IS 'Chinese name of the market.';
COMMENT ON COLUMN mart.exposure.market_en IS 'English name of the market.';
COMMENT ON COLUMN mart.exposure.is_market_group IS
'Whether it is the EU listed beside one of its states: leave it out when markets are counted.';
COMMENT ON COLUMN mart.exposure.annual_export_cny_10k IS
'年出口额 of the line to ALL its markets, in 万元 CNY, in each of its rows: add it up once a line. Over all markets that is
WHERE market_row = 1; over some, take the distinct lines first.';
COMMENT ON COLUMN mart.exposure.n_markets IS 'Markets of the line, without the EU where one of its states is listed.';
COMMENT ON COLUMN mart.exposure.market_row IS
'Number of the market within the line: 1 stands once a line, in whatever market.';
COMMENT ON COLUMN mart.exposure.n_measures IS
'Notifications of this market that were raised for this line (项): a joint one is one, an addendum one of its own.';
COMMENT ON COLUMN mart.exposure.n_direct IS 'Those of them that cover the product itself.';
COMMENT ON COLUMN mart.exposure.highest_level IS 'Highest level among them: warning, watch, reference or none.';
COMMENT ON COLUMN mart.exposure.highest_level_zh IS 'Level in Chinese.';
COMMENT ON COLUMN mart.exposure.n_open_deadlines IS
'Measures among them on which comments are still possible; an addendum belongs to its measure.';
COMMENT ON COLUMN mart.exposure.next_deadline IS
'The nearest final date for comments on one of those, as an addendum may have moved it.';
COMMENT ON COLUMN mart.exposure.last_distribution_date IS 'Latest date of distribution among them.';
COMMENT ON COLUMN mart.exposure.symbols_text IS 'Their first document symbols, joined with 、.';
COMMENT ON COLUMN mart.exposure.exporter_id IS 'The city''s number of the firm (企业编号).';
COMMENT ON COLUMN mart.exposure.line_id IS 'Stable hash of exporter_id and product_name.';
COMMENT ON COLUMN mart.exposure.hs_code IS 'Declared code of the line, digits only, 2 to 10.';
