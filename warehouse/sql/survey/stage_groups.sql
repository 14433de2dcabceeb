-- One row per group of the survey and case in it: all cases, those of a kind, a member, or of a chain's firms.
CREATE OR REPLACE TEMP TABLE survey_groups AS
WITH given AS (
    SELECT
        unnest($dimensions::VARCHAR[]) AS dimension,
        unnest($names::VARCHAR[]) AS name,
        unnest($case_ids::VARCHAR[]) AS case_id
)

SELECT
    dimension,
    name,
    case_id
FROM given
UNION
SELECT
    'total' AS dimension,
    '' AS name,
    case_id
FROM survey_cases
UNION
SELECT
    'chain' AS dimension,
    industry_chain AS name,
    case_id
FROM survey_firms
