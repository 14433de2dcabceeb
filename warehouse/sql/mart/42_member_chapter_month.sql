-- One row per member, HS chapter and month of distribution: symbols (件) and measures (项) by the bulletin's rule.
CREATE VIEW mart.member_chapter_month AS
WITH counted AS (
    SELECT
        s.*,
        -- a symbol counts in each of its chapters, and under '' where none is stated
        unnest(
            CASE
                WHEN len(n.hs_codes) = 0 THEN ['']
                ELSE list_distinct(list_transform(n.hs_codes, lambda code: left(code, 2))) -- noqa: CP01
            END
        ) AS hs2
    FROM main.counted_symbols AS s
    INNER JOIN main.notifications AS n USING (notification_id)
    WHERE s.distribution_date IS NOT NULL
)

SELECT
    counted.member_code,
    coalesce(any_value(members.name_zh), counted.member_code) AS member_zh,
    coalesce(any_value(members.name_en), counted.member_code) AS member_en,
    counted.hs2,
    coalesce(any_value(chapters.name_zh), '') AS chapter_zh,
    coalesce(any_value(chapters.name_en), '') AS chapter_en,
    date_trunc('month', counted.distribution_date)::DATE AS month,
    year(date_trunc('month', counted.distribution_date))::INTEGER AS year,
    count(*)::INTEGER AS n_symbols,
    count(DISTINCT counted.measure)::INTEGER AS n_measures,
    count(*) FILTER (counted.area = 'TBT')::INTEGER AS n_tbt,
    count(*) FILTER (counted.area = 'SPS')::INTEGER AS n_sps,
    count(*) FILTER (raised.notification_id IS NOT NULL)::INTEGER AS n_raised
FROM counted
LEFT JOIN main.ref_members AS members ON counted.member_code = members.member_code
LEFT JOIN main.ref_hs_chapters AS chapters ON counted.hs2 = chapters.hs2
LEFT JOIN mart.raised ON counted.notification_id = raised.notification_id
GROUP BY counted.member_code, counted.hs2, date_trunc('month', counted.distribution_date);
COMMENT ON COLUMN mart.member_chapter_month.member_code IS 'Member that the symbol names.';
COMMENT ON COLUMN mart.member_chapter_month.member_zh IS 'Chinese name of the member.';
COMMENT ON COLUMN mart.member_chapter_month.member_en IS 'English name of the member.';
COMMENT ON COLUMN mart.member_chapter_month.hs2 IS 'HS chapter; empty for what states no HS code.';
COMMENT ON COLUMN mart.member_chapter_month.chapter_zh IS 'Chinese name of the chapter.';
COMMENT ON COLUMN mart.member_chapter_month.chapter_en IS 'English name of the chapter.';
COMMENT ON COLUMN mart.member_chapter_month.month IS 'First day of the month of distribution.';
COMMENT ON COLUMN mart.member_chapter_month.year IS 'Year of distribution.';
COMMENT ON COLUMN mart.member_chapter_month.n_symbols IS
'Document symbols (件). One that states several chapters counts in each: do not add over chapters.';
COMMENT ON COLUMN mart.member_chapter_month.n_measures IS
'Measures (项): of a joint notification one row a member. Do not add over chapters or members.';
COMMENT ON COLUMN mart.member_chapter_month.n_tbt IS 'Symbols in the area of TBT.';
COMMENT ON COLUMN mart.member_chapter_month.n_sps IS 'Symbols in the area of SPS.';
COMMENT ON COLUMN mart.member_chapter_month.n_raised IS 'Symbols of notifications that concern a firm.';
