-- How many hours to judgement, notice and advice (median, P90), and which share was in time, by month and step?
-- title: 研判、告知、应对建议的用时和及时率，按月
-- param backfills BOOLEAN false 是否计入补录的案件（不参加及时率考核）
SELECT
    strftime(started_month, '%Y-%m') AS started_in,
    step,
    step_zh,
    count(*) AS n_rounds,
    count(met_at) AS n_met,
    median(hours) AS p50_hours,
    quantile_cont(hours, 0.9) AS p90_hours,
    any_value(limit_hours) AS limit_hours,
    -- not yet met and not yet due is neither
    round(
        100 * count(*) FILTER (NOT is_late AND met_at IS NOT NULL)
        / nullif(count(*) FILTER (is_late OR met_at IS NOT NULL), 0), 1
    ) AS in_time_percent
FROM mart.response_times
WHERE $backfills::BOOLEAN OR NOT is_backfill
GROUP BY started_month, step, step_zh
ORDER BY started_month ASC, min(limit_hours) ASC, step ASC
