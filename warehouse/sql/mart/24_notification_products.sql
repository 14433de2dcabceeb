-- One row per notification and HS code, ICS code, or goods that the matcher read in its words.
CREATE VIEW mart.notification_products AS
WITH codes AS (
    SELECT
        hs.notification_id,
        'HS' AS system,
        hs.hs_code AS code,
        hs.hs2,
        hs.hs4,
        hs.hs6,
        coalesce(headings.name_zh, chapters.name_zh, '') AS name_zh,
        coalesce(headings.name_en, chapters.name_en, '') AS name_en,
        coalesce(narrow.end_use, wide.end_use, '') AS end_use
    FROM main.notification_hs AS hs
    LEFT JOIN main.ref_hs_headings AS headings ON hs.hs4 = headings.hs4
    LEFT JOIN main.ref_hs_chapters AS chapters ON hs.hs2 = chapters.hs2
    LEFT JOIN mart.end_uses AS narrow ON hs.hs6 = narrow.hs_code
    LEFT JOIN mart.end_uses AS wide ON hs.hs4 = wide.hs_code
    UNION ALL
    SELECT
        ics.notification_id,
        'ICS' AS system,
        ics.ics_code AS code,
        NULL AS hs2,
        NULL AS hs4,
        NULL AS hs6,
        coalesce(named.name_zh, groups.name_zh, fields.name_zh, '') AS name_zh,
        -- of the same code as the Chinese name, also where that has none
        CASE
            WHEN named.name_zh IS NOT NULL THEN coalesce(named.name_en, '')
            WHEN groups.name_zh IS NOT NULL THEN coalesce(groups.name_en, '')
            ELSE coalesce(fields.name_en, '')
        END AS name_en,
        '' AS end_use
    FROM main.notification_ics AS ics
    LEFT JOIN main.ref_ics_fields AS named ON ics.ics_code = named.ics_code
    LEFT JOIN main.ref_ics_fields AS groups ON left(ics.ics_code, 6) = groups.ics_code
    LEFT JOIN main.ref_ics_fields AS fields ON ics.ics_field = fields.ics_code
    UNION ALL
    SELECT DISTINCT
        notification_id,
        'concept' AS system,
        lower(notification_text) AS code,
        NULL AS hs2,
        NULL AS hs4,
        NULL AS hs6,
        '' AS name_zh,
        '' AS name_en,
        '' AS end_use
    FROM main.match_evidence
    WHERE kind IN ('concept', 'conflict') AND notification_text <> ''
)

SELECT
    codes.notification_id,
    n.symbol,
    codes.system,
    codes.code,
    codes.hs2,
    codes.hs4,
    codes.hs6,
    codes.name_zh,
    codes.name_en,
    codes.end_use,
    n.member_codes,
    n.members_text,
    n.members_zh,
    n.area,
    n.channel,
    n.kind,
    n.distribution_date,
    n.comment_deadline,
    n.title,
    n.title_zh,
    n.match_level,
    n.n_firms
FROM codes
INNER JOIN mart.notifications AS n USING (notification_id);
COMMENT ON COLUMN mart.notification_products.symbol IS 'First document symbol; empty where it has none.';
COMMENT ON COLUMN mart.notification_products.system IS
'HS, ICS, or concept: words of the notification that the matcher read as goods, only where firms were scored.';
COMMENT ON COLUMN mart.notification_products.code IS 'Code as notified; of a concept the words, in small letters.';
COMMENT ON COLUMN mart.notification_products.hs2 IS 'Chapter; NULL unless HS.';
COMMENT ON COLUMN mart.notification_products.hs4 IS 'Heading; NULL where only a chapter was notified, or not HS.';
COMMENT ON COLUMN mart.notification_products.hs6 IS 'Subheading; NULL where less was notified, or not HS.';
COMMENT ON COLUMN mart.notification_products.name_zh IS
'Chinese name of the heading, else the chapter; of the ICS group, else its field; empty for words.';
COMMENT ON COLUMN mart.notification_products.name_en IS
'English name of the same heading, chapter, group or field; empty for words, and where there is none.';
COMMENT ON COLUMN mart.notification_products.end_use IS
'End use of the goods (中间品, 消费品, 投资品; several joined with 、, the main one first); empty unless HS.';
COMMENT ON COLUMN mart.notification_products.n_firms IS 'Firms that the notification concerns.';
