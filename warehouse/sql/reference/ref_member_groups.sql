-- One row per group and time of membership. Source: treaties and their accessions (column source).
CREATE TABLE ref_member_groups AS
SELECT
    g.group_code,
    g.name_zh,
    g.name_en,
    m.member_code,
    m.joined_on::DATE AS joined_on,
    nullif(m.left_on, '')::DATE AS left_on,
    coalesce(m.note, '') AS note,
    g.source
FROM read_csv(getvariable('seeds') || '/group_members.csv', header = true, all_varchar = true, nullstr = '-') AS m
INNER JOIN read_csv(getvariable('seeds') || '/member_groups.csv', header = true, all_varchar = true, nullstr = '-') AS g
    USING (group_code);
COMMENT ON COLUMN ref_member_groups.group_code IS
'EU, EFTA, GCC, EAC, EAEU, ASEAN, USMCA, NAFTA, MERCOSUR, ANDEAN, CARICOM, ECOWAS, SACU, RCEP or CPTPP.';
COMMENT ON COLUMN ref_member_groups.name_zh IS 'Chinese name of the group.';
COMMENT ON COLUMN ref_member_groups.name_en IS 'English name of the group.';
COMMENT ON COLUMN ref_member_groups.member_code IS 'Member: as in ref_members.';
COMMENT ON COLUMN ref_member_groups.joined_on IS
'First day of membership; in on a day where joined_on <= day AND (left_on IS NULL OR left_on > day).';
COMMENT ON COLUMN ref_member_groups.left_on IS
'Day of leaving, the first that no longer counts; NULL while it is in.';
COMMENT ON COLUMN ref_member_groups.note IS 'What the dates do not say; empty where nothing.';
COMMENT ON COLUMN ref_member_groups.source IS 'What the dates are taken from.';
