-- One row per scored pair of notification and product line, with the reasons as text and the officer's decision.
CREATE VIEW mart.matches AS
WITH reasons AS (
    SELECT
        notification_id,
        line_id,
        string_agg(detail, chr(10) ORDER BY ordinal) AS evidence_text,
        string_agg(DISTINCT notification_text, '、' ORDER BY notification_text) FILTER (
            kind IN ('concept', 'hs', 'ics') AND notification_text <> ''
        ) AS quotes_text,
        string_agg(DISTINCT kind, '、' ORDER BY kind) AS evidence_kinds,
        count(*)::INTEGER AS n_evidence
    FROM main.match_evidence
    GROUP BY notification_id, line_id
),

own AS (
    SELECT DISTINCT
        notification_id,
        line_id,
        judged_at,
        verdict,
        relation
    FROM main.judgements
)

SELECT
    m.notification_id,
    n.symbol,
    n.member_codes,
    n.members_text,
    n.members_zh,
    n.area,
    n.kind,
    n.title,
    n.title_zh,
    n.distribution_date,
    n.comment_deadline,
    n.has_hs,
    n.has_ics,
    n.case_id,
    m.exporter_id,
    e.name AS exporter_name,
    e.district,
    e.industry_chain,
    m.line_id,
    l.product_name,
    l.hs_code,
    l.annual_export_cny_10k,
    l.closed_at IS NULL AS is_line_open,
    m.relation <> 'none' AND m.match_level <> 'none' AS is_raised,
    m.relation,
    relations.name_zh AS relation_zh,
    m.match_level,
    levels.name_zh AS match_level_zh,
    m.score,
    m.sells_to_member,
    m.reason,
    m.verdict,
    verdicts.name_zh AS verdict_zh,
    m.judged_at,
    own.line_id IS NOT NULL AS is_judged_here,
    m.machine_relation,
    m.machine_match_level,
    m.matched_at,
    coalesce(reasons.evidence_text, '') AS evidence_text,
    coalesce(reasons.quotes_text, '') AS quotes_text,
    coalesce(reasons.evidence_kinds, '') AS evidence_kinds,
    coalesce(reasons.n_evidence, 0) AS n_evidence
FROM main.matches AS m
LEFT JOIN mart.notifications AS n ON m.notification_id = n.notification_id
INNER JOIN main.product_lines AS l ON m.line_id = l.line_id
INNER JOIN main.exporters AS e ON m.exporter_id = e.exporter_id
LEFT JOIN reasons ON m.notification_id = reasons.notification_id AND m.line_id = reasons.line_id
LEFT JOIN own
    ON
        m.notification_id = own.notification_id
        AND m.line_id = own.line_id
        AND m.judged_at = own.judged_at
        AND m.verdict = own.verdict
        AND m.relation = own.relation
LEFT JOIN mart.vocabulary AS relations ON relations.field = 'relation' AND m.relation = relations.code
LEFT JOIN mart.vocabulary AS levels ON levels.field = 'match_level' AND m.match_level = levels.code
LEFT JOIN mart.vocabulary AS verdicts ON verdicts.field = 'verdict' AND m.verdict = verdicts.code;
COMMENT ON COLUMN mart.matches.symbol IS 'First document symbol; empty where it has none.';
COMMENT ON COLUMN mart.matches.exporter_name IS 'Name of the firm; empty unless the settings allow names.';
COMMENT ON COLUMN mart.matches.is_line_open IS 'Whether the register still lists the line.';
COMMENT ON COLUMN mart.matches.is_raised IS 'Whether the pair was raised: relation and level are both not none.';
COMMENT ON COLUMN mart.matches.relation IS
'direct: the line is a covered product; indirect: a material or part of one; none. The officer''s where there is one.';
COMMENT ON COLUMN mart.matches.relation_zh IS 'Relation in Chinese.';
COMMENT ON COLUMN mart.matches.match_level IS
'warning, watch, reference or none; none when rejected, at least watch when confirmed.';
COMMENT ON COLUMN mart.matches.match_level_zh IS 'Level in Chinese.';
COMMENT ON COLUMN mart.matches.score IS 'Confidence of the machine, 0 to 1: an order, not a probability.';
COMMENT ON COLUMN mart.matches.reason IS
'Why: the machine''s words; the officer''s where there are any, left out (empty) unless the settings allow names.';
COMMENT ON COLUMN mart.matches.verdict_zh IS 'Verdict in Chinese.';
COMMENT ON COLUMN mart.matches.judged_at IS 'When the officer decided (UTC); NULL where unjudged.';
COMMENT ON COLUMN mart.matches.is_judged_here IS
'Whether that decision is on this very pair; else it is on another notification of the measure, perhaps above an earlier
one on this pair.';
COMMENT ON COLUMN mart.matches.matched_at IS 'When the machine scored the pair (UTC).';
COMMENT ON COLUMN mart.matches.evidence_text IS 'The reasons as Chinese clauses, one a line.';
COMMENT ON COLUMN mart.matches.quotes_text IS
'Words and codes of the notification that the pair rests on, joined with 、.';
COMMENT ON COLUMN mart.matches.evidence_kinds IS 'Kinds of evidence, joined with 、: concept, hs, ics, semantic, ...';
COMMENT ON COLUMN mart.matches.n_evidence IS 'Number of reasons.';
COMMENT ON COLUMN mart.matches.exporter_id IS 'The city''s number of the firm (企业编号).';
COMMENT ON COLUMN mart.matches.line_id IS 'Stable hash of exporter_id and product_name.';
COMMENT ON COLUMN mart.matches.hs_code IS 'Declared code of the line, digits only, 2 to 10.';
