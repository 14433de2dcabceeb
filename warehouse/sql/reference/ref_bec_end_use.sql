-- One row per HS heading, and subheading of another use: end use by the concepts of BEC Rev.5; see rule_code.
CREATE TABLE ref_bec_end_use AS
WITH rules AS (
    SELECT
        code,
        end_use,
        coalesce(other_end_uses, '') AS other_end_uses,
        coalesce(note, '') AS note
    FROM read_csv(getvariable('seeds') || '/bec_end_use.csv', header = true, all_varchar = true, nullstr = '-')
),

codes AS (
    SELECT code AS hs_code
    FROM read_csv(getvariable('seeds') || '/hs_headings.csv', header = true, all_varchar = true, nullstr = '-')
    UNION ALL
    SELECT code
    FROM rules
    WHERE len(code) = 6
)

SELECT
    codes.hs_code,
    left(codes.hs_code, 4) AS hs4,
    -- the longest rule that the code begins with: its own, its heading's, its chapter's
    arg_max(rules.end_use, len(rules.code)) AS end_use,
    CASE arg_max(rules.end_use, len(rules.code))
        WHEN 'intermediate' THEN '中间品'
        WHEN 'consumption' THEN '消费品'
        ELSE '投资品'
    END AS end_use_zh,
    arg_max(rules.other_end_uses, len(rules.code)) <> '' AS is_mixed,
    CASE
        WHEN arg_max(rules.other_end_uses, len(rules.code)) = '' THEN []::VARCHAR[]
        ELSE string_split(arg_max(rules.other_end_uses, len(rules.code)), '|')
    END AS other_end_uses,
    max(len(rules.code)) AS rule_length,
    left(codes.hs_code, max(len(rules.code))::INTEGER) AS rule_code,
    arg_max(rules.note, len(rules.code)) AS note
FROM codes
INNER JOIN rules ON starts_with(codes.hs_code, rules.code)
GROUP BY codes.hs_code;
COMMENT ON COLUMN ref_bec_end_use.hs_code IS
'Heading (four digits), or subheading (six) of another use; for a code take the six-digit row if there is one.';
COMMENT ON COLUMN ref_bec_end_use.hs4 IS 'Heading, four digits.';
COMMENT ON COLUMN ref_bec_end_use.end_use IS 'Main end use: intermediate, consumption or capital.';
COMMENT ON COLUMN ref_bec_end_use.end_use_zh IS '中间品 (intermediate), 消费品 (consumption) or 投资品 (capital).';
COMMENT ON COLUMN ref_bec_end_use.is_mixed IS 'Whether goods of the code have other end uses too.';
COMMENT ON COLUMN ref_bec_end_use.other_end_uses IS 'Its other end uses, the likelier first; may be empty.';
COMMENT ON COLUMN ref_bec_end_use.rule_length IS 'Digits of the rule that decided: 2 is the least certain, 6 the most.';
COMMENT ON COLUMN ref_bec_end_use.rule_code IS
'Rule of seeds/bec_end_use.csv: by the BEC Rev.5 manual''s concepts, not the UN''s table, and unverified against it.';
COMMENT ON COLUMN ref_bec_end_use.note IS 'Why, where the rule says it.';
