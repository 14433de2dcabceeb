-- One row per case with its clock, its steps and whom it concerns, as of this copy.
CREATE VIEW mart.cases AS
WITH concerned AS (
    SELECT
        c.case_id,
        count(DISTINCT m.exporter_id)::INTEGER AS n_firms,
        count(DISTINCT m.line_id)::INTEGER AS n_lines,
        bool_or(m.relation = 'direct') AS is_direct,
        bool_or(m.verdict = 'confirmed') AS is_confirmed,
        arg_min(m.match_level, list_position(['warning', 'watch', 'reference'], m.match_level)) AS match_level
    FROM main.case_notifications AS c
    INNER JOIN main.matches AS m USING (notification_id)
    WHERE m.relation <> 'none' AND m.match_level <> 'none'
    GROUP BY c.case_id
),

exposed AS (
    SELECT
        case_id,
        string_agg(DISTINCT industry_chain, '、' ORDER BY industry_chain) FILTER (industry_chain <> '') AS chains_text,
        sum(annual_export_cny_10k) AS exposed_cny_10k
    FROM (
        -- a line under several notifications of the case counts once
        SELECT DISTINCT
            c.case_id,
            l.line_id,
            e.industry_chain,
            l.annual_export_cny_10k
        FROM main.case_notifications AS c
        INNER JOIN main.matches AS m USING (notification_id)
        INNER JOIN main.product_lines AS l USING (line_id)
        INNER JOIN main.exporters AS e ON l.exporter_id = e.exporter_id
        WHERE m.relation <> 'none' AND m.match_level <> 'none'
    ) AS lines
    GROUP BY case_id
),

clocks AS (
    SELECT *
    FROM mart.case_clocks(TIMESTAMPTZ 'infinity', (SELECT published_at FROM main.published))
),

whole AS (
    SELECT
        case_id,
        bool_or(is_late) AS is_late
    FROM clocks
    GROUP BY case_id
),

explained AS (
    SELECT
        case_id,
        string_agg(step_zh || '：' || cause_zh, '、' ORDER BY due_at) AS causes_zh
    FROM mart.response_times
    WHERE is_last_round AND cause <> ''
    GROUP BY case_id
)

SELECT
    states.case_id,
    heads.notification_id,
    array_to_string(heads.symbols, '、') AS symbols_text,
    heads.n_notifications,
    n.member_codes,
    n.members_text,
    n.members_zh,
    n.area,
    n.title,
    n.title_zh,
    n.distribution_date,
    heads.comment_deadline,
    (heads.comment_deadline - today.office_day)::INTEGER AS days_left,
    states.opened_at,
    coalesce(clocks.started_at, states.first_started_at) AS clock_started_at,
    coalesce(clocks.round, 1)::INTEGER AS round,
    states.is_backfill,
    states.policy_version,
    states.stage,
    stages.name_zh AS stage_zh,
    states.conclusion,
    coalesce(conclusions.name_zh, '') AS conclusion_zh,
    states.comment_decision,
    coalesce(decisions.name_zh, '') AS comment_decision_zh,
    states.is_closed,
    clocks.closed_at,
    clocks.judged_due_at,
    clocks.judged_at,
    coalesce(clocks.judged_state, '') AS judged_state,
    clocks.notified_due_at,
    clocks.notified_at,
    coalesce(clocks.notified_state, '') AS notified_state,
    clocks.advised_due_at,
    clocks.advised_at,
    coalesce(clocks.advised_state, '') AS advised_state,
    coalesce(clocks.next_step, '') AS next_step,
    clocks.next_due_at,
    coalesce(clocks.is_answered, states.is_closed) AS is_answered,
    clocks.answered_at,
    epoch(clocks.answered_at - clocks.started_at) / 3600 AS answered_hours,
    coalesce(whole.is_late, FALSE) AS is_late,
    coalesce(clocks.is_late, FALSE) AS is_late_now,
    coalesce(clocks.is_overdue, FALSE) AS is_overdue,
    coalesce(clocks.causes_text, '') AS causes_text,
    coalesce(explained.causes_zh, '') AS causes_zh,
    coalesce(concerned.n_firms, 0) AS n_firms,
    coalesce(concerned.n_lines, 0) AS n_lines,
    coalesce(concerned.is_direct, FALSE) AS is_direct,
    coalesce(concerned.is_confirmed, FALSE) AS is_confirmed,
    coalesce(concerned.match_level, 'none') AS match_level,
    levels.name_zh AS match_level_zh,
    coalesce(exposed.chains_text, '') AS chains_text,
    exposed.exposed_cny_10k
FROM mart.case_states(TIMESTAMPTZ 'infinity') AS states
CROSS JOIN mart.office_day AS today
LEFT JOIN clocks ON states.case_id = clocks.case_id AND clocks.is_last_round
LEFT JOIN whole ON states.case_id = whole.case_id
LEFT JOIN mart.case_heads AS heads ON states.case_id = heads.case_id
LEFT JOIN mart.notifications AS n ON heads.notification_id = n.notification_id
LEFT JOIN concerned ON states.case_id = concerned.case_id
LEFT JOIN exposed ON states.case_id = exposed.case_id
LEFT JOIN explained ON states.case_id = explained.case_id
LEFT JOIN mart.vocabulary AS stages ON stages.field = 'stage' AND states.stage = stages.code
LEFT JOIN mart.vocabulary AS conclusions
    ON conclusions.field = 'conclusion' AND states.conclusion = conclusions.code
LEFT JOIN mart.vocabulary AS decisions
    ON decisions.field = 'comment_decision' AND states.comment_decision = decisions.code
LEFT JOIN mart.vocabulary AS levels
    ON levels.field = 'match_level' AND levels.code = coalesce(concerned.match_level, 'none');
COMMENT ON COLUMN mart.cases.notification_id IS
'Notification that stands for the case: the measure itself where it was collected, else its latest addendum.';
COMMENT ON COLUMN mart.cases.symbols_text IS 'All document symbols of the case, joined with 、.';
COMMENT ON COLUMN mart.cases.n_notifications IS 'Notifications of the case: the measure, addenda, corrigenda.';
COMMENT ON COLUMN mart.cases.comment_deadline IS 'Latest final date for comments among its notifications.';
COMMENT ON COLUMN mart.cases.days_left IS
'Days from the office''s day of this copy to that date; negative when it is over.';
COMMENT ON COLUMN mart.cases.clock_started_at IS 'Start of the clock that started last (UTC).';
COMMENT ON COLUMN mart.cases.round IS
'Clock that started last, from 1: an addendum that changes the time for comments starts an answered case anew.';
COMMENT ON COLUMN mart.cases.stage IS 'collected, screened, judged, notified, advised, commenting or closed.';
COMMENT ON COLUMN mart.cases.stage_zh IS 'Stage in Chinese.';
COMMENT ON COLUMN mart.cases.conclusion IS 'The officer''s: warning, watch or none; empty where nobody has concluded.';
COMMENT ON COLUMN mart.cases.conclusion_zh IS 'Conclusion in Chinese.';
COMMENT ON COLUMN mart.cases.comment_decision IS 'Whether to comment: yes, no or undecided; empty where not decided.';
COMMENT ON COLUMN mart.cases.comment_decision_zh IS 'The same in Chinese.';
COMMENT ON COLUMN mart.cases.is_closed IS 'Whether the case is closed.';
COMMENT ON COLUMN mart.cases.closed_at IS 'When it was closed (UTC); NULL while it is open.';
COMMENT ON COLUMN mart.cases.judged_due_at IS 'Limit for 研判 (UTC).';
COMMENT ON COLUMN mart.cases.judged_at IS 'When 研判 was done (UTC); NULL where it was not.';
COMMENT ON COLUMN mart.cases.judged_state IS 'met, met-late, running, amber, overdue or not-required.';
COMMENT ON COLUMN mart.cases.notified_due_at IS 'Limit for 企业告知 (UTC).';
COMMENT ON COLUMN mart.cases.notified_at IS 'When 企业告知 was done (UTC); NULL where it was not.';
COMMENT ON COLUMN mart.cases.notified_state IS 'met, met-late, running, amber, overdue or not-required.';
COMMENT ON COLUMN mart.cases.advised_due_at IS 'Limit for 应对建议 (UTC).';
COMMENT ON COLUMN mart.cases.advised_at IS 'When 应对建议 was given (UTC); NULL where it was not.';
COMMENT ON COLUMN mart.cases.advised_state IS 'met, met-late, running, amber, overdue or not-required.';
COMMENT ON COLUMN mart.cases.next_step IS 'Step that is due next; empty when nothing is left to do.';
COMMENT ON COLUMN mart.cases.next_due_at IS 'When it is due (UTC); NULL when nothing is left to do.';
COMMENT ON COLUMN mart.cases.is_answered IS
'Whether every step under the clock that started last was done, or the case was closed.';
COMMENT ON COLUMN mart.cases.answered_at IS 'When the last step under that clock was done or the case closed (UTC).';
COMMENT ON COLUMN mart.cases.answered_hours IS
'Natural hours from the start of that clock until then; those of earlier clocks stand in response_times.';
COMMENT ON COLUMN mart.cases.is_late IS
'Whether a limit was ever missed, under any clock. The rate is counted without is_backfill.';
COMMENT ON COLUMN mart.cases.is_late_now IS 'Whether a limit was missed under the clock that started last.';
COMMENT ON COLUMN mart.cases.is_overdue IS 'Whether a step that is still to be done has passed its limit.';
COMMENT ON COLUMN mart.cases.causes_text IS 'Causes of delay that officers gave, as step:code, joined with 、.';
COMMENT ON COLUMN mart.cases.causes_zh IS 'The same in Chinese.';
COMMENT ON COLUMN mart.cases.n_firms IS 'Firms that it concerns.';
COMMENT ON COLUMN mart.cases.n_lines IS 'Product lines that it concerns.';
COMMENT ON COLUMN mart.cases.is_direct IS 'Whether it covers a product of one of them, not only what that goes into.';
COMMENT ON COLUMN mart.cases.is_confirmed IS 'Whether an officer confirmed one of the pairs.';
COMMENT ON COLUMN mart.cases.match_level IS 'Highest level among the pairs: warning, watch, reference or none.';
COMMENT ON COLUMN mart.cases.match_level_zh IS 'Level in Chinese.';
COMMENT ON COLUMN mart.cases.chains_text IS 'Industry chains of the firms, joined with 、.';
COMMENT ON COLUMN mart.cases.exposed_cny_10k IS
'年出口额 of the lines that it concerns, each once, to all their markets, in 万元 CNY.';
