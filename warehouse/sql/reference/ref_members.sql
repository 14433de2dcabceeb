-- One row per WTO member, observer or other market. Source: WTO list of 2024, ISO 3166-1; Chinese by official usage.
CREATE TABLE ref_members AS
SELECT
    code AS member_code,
    name_zh,
    name_en,
    nullif(iso_alpha2, '') AS iso_alpha2,
    -- the WTO and ePing say TPKM where ISO says TWN; the European Union is no entry of ISO 3166-1
    CASE code WHEN 'TPKM' THEN 'TWN' WHEN 'EU' THEN NULL ELSE code END AS iso_alpha3,
    iso_numeric,
    is_wto_member,
    string_split(groups, '|') AS member_groups,
    string_split(regions, '|') AS regions
FROM read_csv(getvariable('seeds') || '/wto_members.csv', header = TRUE, all_varchar = TRUE, nullstr = '-');
COMMENT ON COLUMN ref_members.member_code IS 'ISO 3166-1 alpha-3, EU, or the WTO token.';
COMMENT ON COLUMN ref_members.name_zh IS 'Chinese name in official usage.';
COMMENT ON COLUMN ref_members.name_en IS 'Name in the WTO''s English usage.';
COMMENT ON COLUMN ref_members.iso_alpha2 IS 'ISO 3166-1 alpha-2; NULL for the European Union.';
COMMENT ON COLUMN ref_members.iso_alpha3 IS 'ISO 3166-1 alpha-3; NULL for the European Union.';
COMMENT ON COLUMN ref_members.iso_numeric IS 'ISO 3166-1 numeric code; 918 for the European Union, as ePing has it.';
COMMENT ON COLUMN ref_members.is_wto_member IS 'yes, no or observer.';
COMMENT ON COLUMN ref_members.member_groups IS
'Groups that it belongs to now, such as EU, GCC, EAC; on a given day: ref_member_groups.';
COMMENT ON COLUMN ref_members.regions IS 'Regions such as middle-east, africa.';
