-- One row: the names of members as maps by code, for lists of codes.
CREATE VIEW mart.member_names AS
SELECT
    map_from_entries(list((member_code, name_zh))) AS names_zh,
    map_from_entries(list((member_code, name_en))) AS names_en
FROM main.ref_members;
COMMENT ON COLUMN mart.member_names.names_zh IS 'Chinese names by member code.';
COMMENT ON COLUMN mart.member_names.names_en IS 'English names by member code.';
