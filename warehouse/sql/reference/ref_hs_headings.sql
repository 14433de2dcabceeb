-- One row per HS heading. Source: HS 2022; names shortened here, not the legal text.
CREATE TABLE ref_hs_headings AS
SELECT
    code AS hs4,
    left(code, 2) AS hs2,
    name_zh,
    name_en,
    edition
FROM read_csv(getvariable('seeds') || '/hs_headings.csv', header = true, all_varchar = true, nullstr = '-');
COMMENT ON COLUMN ref_hs_headings.hs4 IS 'Heading, four digits.';
COMMENT ON COLUMN ref_hs_headings.hs2 IS 'Chapter, two digits.';
COMMENT ON COLUMN ref_hs_headings.name_zh IS 'Short Chinese name.';
COMMENT ON COLUMN ref_hs_headings.name_en IS 'Short English name.';
COMMENT ON COLUMN ref_hs_headings.edition IS 'Edition of the nomenclature.';
