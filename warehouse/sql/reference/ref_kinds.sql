-- One row per kind of notification. Source: symbol suffixes of the WTO; TBT and SPS Agreements.
CREATE TABLE ref_kinds AS
SELECT
    kind,
    name_zh,
    name_en,
    coalesce(tbt_article, '') AS tbt_article,
    coalesce(sps_article, '') AS sps_article,
    coalesce(note, '') AS note
FROM read_csv(getvariable('seeds') || '/notification_kinds.csv', header = true, all_varchar = true, nullstr = '-');
COMMENT ON COLUMN ref_kinds.kind IS 'Code, as in notifications.kind.';
COMMENT ON COLUMN ref_kinds.name_zh IS 'Chinese name.';
COMMENT ON COLUMN ref_kinds.name_en IS 'English name.';
COMMENT ON COLUMN ref_kinds.tbt_article IS
'Articles of the TBT Agreement that ask for it; empty where it is a practice of the Committee.';
COMMENT ON COLUMN ref_kinds.sps_article IS
'Place in the SPS Agreement that asks for it; empty where it is a practice of the Committee.';
COMMENT ON COLUMN ref_kinds.note IS 'What it means, in Chinese.';
