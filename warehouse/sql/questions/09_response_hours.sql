-- How many hours to judgement, notice and advice (median, P90), and which share was in time, by month and step?
-- title: 研判、告知、应对建议的用时和及时率，按月
-- param backfills BOOLEAN false 是否计入补录的案件（不参加及时率考核）
WITH readings AS (
    SELECT *
    FROM mart.response_times
    WHERE $backfills::BOOLEAN OR NOT is_backfill
),

steps AS (
    SELECT
        started_month,
        step,
        step_zh,
        limit_hours,
        hours,
        state NOT IN ('running', 'amber', 'overdue') AS is_done,
        is_late,
        -- not yet done and not yet due is neither
        state NOT IN ('running', 'amber') AS is_rated
    FROM readings
),

-- a clock as a whole, by the rule of the bulletin's 及时率: answered when the last step was done or the case closed,
-- counted from then on, or from when its last limit passed
clocks AS (
    SELECT
        any_value(readings.started_month) AS started_month,
        'answered' AS step,
        '全部步骤' AS step_zh,
        max(readings.limit_hours) AS limit_hours,
        bool_and(readings.state NOT IN ('running', 'amber', 'overdue')) AS is_done,
        CASE
            WHEN is_done AND bool_and(readings.met_at IS NOT NULL) THEN max(readings.hours)
            WHEN is_done THEN epoch(any_value(readings.closed_at) - any_value(readings.started_at)) / 3600
        END AS hours,
        bool_or(readings.is_late) AS is_late,
        is_done OR any_value(published.published_at) > max(readings.due_at) AS is_rated
    FROM readings
    CROSS JOIN main.published
    GROUP BY readings.case_id, readings.round
)

SELECT
    strftime(started_month, '%Y-%m') AS started_in,
    step,
    step_zh,
    -- cases of an older policy have limits, and rows, of their own
    limit_hours,
    count(*) AS n_rounds,
    count(*) FILTER (is_done) AS n_done,
    median(hours) AS p50_hours,
    quantile_cont(hours, 0.9) AS p90_hours,
    count(*) FILTER (is_rated) AS n_rated,
    count(*) FILTER (is_rated AND is_done AND NOT is_late) AS n_in_time,
    round(100 * n_in_time / nullif(n_rated, 0), 1) AS in_time_percent
FROM (
    FROM steps
    UNION ALL BY NAME
    FROM clocks
) AS listed
GROUP BY started_month, step, step_zh, limit_hours
ORDER BY started_month ASC, step = 'answered' ASC, limit_hours ASC, step ASC
