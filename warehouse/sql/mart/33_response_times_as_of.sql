-- One row per case, clock and step as it stood at `moment` (TIMESTAMPTZ), by what had been recorded then.
CREATE MACRO mart.response_times_as_of(moment) AS TABLE
    SELECT
        readings.case_id,
        readings.round,
        readings.is_last_round,
        cases.is_backfill,
        cases.policy_version,
        readings.event AS step,
        readings.label AS step_zh,
        readings.started_at,
        date_trunc('month', readings.started_at AT TIME ZONE 'Asia/Shanghai')::DATE AS started_month, -- noqa: CP05
        readings.limit_hours,
        readings.due_at,
        readings.met_at,
        readings.closed_at,
        epoch(readings.met_at - readings.started_at) / 3600 AS hours,
        readings.state,
        readings.state IN ('met-late', 'overdue') AS is_late,
        readings.cause,
        coalesce(causes.name_zh, '') AS cause_zh,
        readings.closed_at IS NOT NULL AS is_closed
    FROM mart.clock_readings(moment, moment) AS readings
    INNER JOIN main.cases AS cases USING (case_id)
    LEFT JOIN mart.vocabulary AS causes ON causes.field = 'cause' AND readings.cause = causes.code;
