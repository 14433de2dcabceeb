-- One row per WTO member, observer or other market.
CREATE TABLE ref_members AS
SELECT
    code AS member_code,
    name_zh,
    name_en,
    iso_numeric,
    is_wto_member,
    string_split(groups, '|') AS member_groups,
    string_split(regions, '|') AS regions
FROM read_csv(getvariable('seeds') || '/wto_members.csv', header = true, all_varchar = true, nullstr = '-');
COMMENT ON COLUMN ref_members.member_code IS 'ISO 3166-1 alpha-3, EU, or the WTO token.';
COMMENT ON COLUMN ref_members.name_zh IS 'Chinese name in official usage.';
COMMENT ON COLUMN ref_members.name_en IS 'Name in the WTO''s English usage.';
COMMENT ON COLUMN ref_members.iso_numeric IS 'ISO 3166-1 numeric code; 918 for the European Union.';
COMMENT ON COLUMN ref_members.is_wto_member IS 'yes, no or observer.';
COMMENT ON COLUMN ref_members.member_groups IS 'Groups such as EU, GCC, EAC, ASEAN.';
COMMENT ON COLUMN ref_members.regions IS 'Regions such as middle-east, africa.';
