-- One row per case, clock and step of the response policy, as of this copy.
CREATE VIEW mart.response_times AS
SELECT
    readings.case_id,
    readings.round,
    readings.is_last_round,
    cases.is_backfill,
    cases.policy_version,
    readings.event AS step,
    readings.label AS step_zh,
    readings.started_at,
    date_trunc('month', readings.started_at AT TIME ZONE 'Asia/Shanghai')::DATE AS started_month,
    readings.limit_hours,
    readings.due_at,
    readings.met_at,
    readings.closed_at,
    epoch(readings.met_at - readings.started_at) / 3600 AS hours,
    readings.state,
    states.name_zh AS state_zh,
    readings.state IN ('met-late', 'overdue') AS is_late,
    readings.cause,
    coalesce(causes.name_zh, '') AS cause_zh,
    readings.closed_at IS NOT NULL AS is_closed
FROM mart.clock_readings(TIMESTAMPTZ 'infinity', (SELECT published_at FROM main.published)) AS readings
INNER JOIN main.cases AS cases USING (case_id)
LEFT JOIN mart.vocabulary AS states ON states.field = 'clock_state' AND readings.state = states.code
LEFT JOIN mart.vocabulary AS causes ON causes.field = 'cause' AND readings.cause = causes.code;
COMMENT ON COLUMN mart.response_times.case_id IS 'Case.';
COMMENT ON COLUMN mart.response_times.round IS
'Clock of the case, from 1: an addendum that changes the time for comments starts an answered case anew.';
COMMENT ON COLUMN mart.response_times.is_last_round IS 'Whether it is the clock that started last.';
COMMENT ON COLUMN mart.response_times.step IS 'Milestone: judged (研判), notified (企业告知) or advised (应对建议).';
COMMENT ON COLUMN mart.response_times.step_zh IS 'Milestone in Chinese, as the policy names it.';
COMMENT ON COLUMN mart.response_times.started_at IS 'Start of the clock (UTC).';
COMMENT ON COLUMN mart.response_times.started_month IS
'First day of the month (Asia/Shanghai) in which the clock started.';
COMMENT ON COLUMN mart.response_times.met_at IS 'When the step was done (UTC); NULL where it was not.';
COMMENT ON COLUMN mart.response_times.closed_at IS
'When the case was closed under this clock (UTC), which ends steps that were not done; NULL where it was not.';
COMMENT ON COLUMN mart.response_times.hours IS
'Natural hours from the start of the clock until the step was done; NULL where it was not.';
COMMENT ON COLUMN mart.response_times.state IS
'met, met-late (done, or closed instead, after its limit), running, amber (near its limit), overdue, or not-required
(closed before it was due).';
COMMENT ON COLUMN mart.response_times.state_zh IS 'State in Chinese.';
COMMENT ON COLUMN mart.response_times.is_late IS
'Whether the limit was missed, done since or not. The rate is counted without is_backfill.';
COMMENT ON COLUMN mart.response_times.cause IS 'Cause of the delay that an officer gave, as a code; empty without one.';
COMMENT ON COLUMN mart.response_times.cause_zh IS 'Cause of the delay in Chinese; empty without one.';
COMMENT ON COLUMN mart.response_times.is_closed IS 'Whether the case was closed under this clock.';
