-- One row per objective as ePing words it; several wordings may share a code. Source: ePing, TBT and SPS Agreements.
CREATE TABLE ref_objectives AS
SELECT
    name AS objective,
    code AS objective_code,
    name_zh,
    area,
    coalesce(article, '') AS article
FROM read_csv(getvariable('seeds') || '/objectives.csv', header = true, all_varchar = true, nullstr = '-');
COMMENT ON COLUMN ref_objectives.objective IS 'Wording, as in notifications.objectives.';
COMMENT ON COLUMN ref_objectives.objective_code IS 'Code that wordings of the same objective share.';
COMMENT ON COLUMN ref_objectives.name_zh IS 'Chinese name after the wording of the WTO agreements.';
COMMENT ON COLUMN ref_objectives.area IS 'TBT or SPS.';
COMMENT ON COLUMN ref_objectives.article IS
'Article that names it as legitimate objective or as aim of a measure; empty where none does.';
