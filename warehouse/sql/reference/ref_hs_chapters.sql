-- One row per HS chapter. Source: HS 2022; Chinese after the customs tariff of China.
CREATE TABLE ref_hs_chapters AS
SELECT
    code AS hs2,
    name_zh,
    name_en,
    edition,
    section
FROM read_csv(getvariable('seeds') || '/hs_chapters.csv', header = true, all_varchar = true, nullstr = '-');
COMMENT ON COLUMN ref_hs_chapters.hs2 IS 'Chapter, two digits.';
COMMENT ON COLUMN ref_hs_chapters.name_zh IS 'Short Chinese name.';
COMMENT ON COLUMN ref_hs_chapters.name_en IS 'Short English name.';
COMMENT ON COLUMN ref_hs_chapters.edition IS 'Edition of the nomenclature.';
COMMENT ON COLUMN ref_hs_chapters.section IS 'Section, Roman numeral.';
