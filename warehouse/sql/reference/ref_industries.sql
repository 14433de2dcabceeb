-- One row per HS chapter: its industry in the national survey of technical measures. Source: assigned here.
CREATE TABLE ref_industries AS
SELECT
    hs_chapter AS hs2,
    industry
FROM read_csv(getvariable('seeds') || '/industries.csv', header = true, all_varchar = true, nullstr = '-');
COMMENT ON COLUMN ref_industries.hs2 IS 'Chapter, two digits.';
COMMENT ON COLUMN ref_industries.industry IS 'One of the seven industries (七大行业) of the survey.';
