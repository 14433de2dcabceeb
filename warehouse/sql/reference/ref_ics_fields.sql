-- One row per ICS field or group. Source: ISO's International Classification for Standards, edition 7.
CREATE TABLE ref_ics_fields AS
SELECT
    code AS ics_code,
    left(code, 2) AS ics_field,
    CASE WHEN len(code) = 2 THEN 'field' ELSE 'group' END AS ics_level,
    name_zh,
    coalesce(name_en, '') AS name_en
FROM read_csv(getvariable('seeds') || '/ics_fields.csv', header = true, all_varchar = true, nullstr = '-');
COMMENT ON COLUMN ref_ics_fields.ics_code IS 'ICS field (two digits) or group.';
COMMENT ON COLUMN ref_ics_fields.ics_field IS 'Field, two digits.';
COMMENT ON COLUMN ref_ics_fields.ics_level IS 'field or group.';
COMMENT ON COLUMN ref_ics_fields.name_zh IS 'Chinese name.';
COMMENT ON COLUMN ref_ics_fields.name_en IS 'English name; empty for groups.';
