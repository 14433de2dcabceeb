-- Which steps were late, for which recorded causes, and by how much?
-- title: 超时的步骤、原因和超出的小时数
-- param since DATE NULL 只看此月起开始计时的案件（写该月第一天）；不写为全部
WITH late AS (
    SELECT
        times.*,
        -- closing a case ends what was not done; what is still open grows until this copy
        date_diff('minute', times.due_at, coalesce(times.met_at, times.closed_at, published.published_at)) / 60
            AS hours_over
    FROM mart.response_times AS times
    CROSS JOIN main.published
    WHERE
        times.is_late
        AND NOT times.is_backfill
        AND ($since::DATE IS NULL OR times.started_month >= $since::DATE)
)

SELECT
    step_zh,
    -- the bulletin's word
    CASE WHEN cause = '' THEN '原因未注明' ELSE coalesce(nullif(cause_zh, ''), cause) END AS cause,
    count(*) AS n_late,
    count(*) FILTER (state = 'overdue') AS n_still_open,
    median(hours_over) AS median_hours_over,
    max(hours_over) AS longest_hours_over,
    string_agg(DISTINCT case_id, '、' ORDER BY case_id) AS cases
FROM late
GROUP BY ALL
ORDER BY n_late DESC, step_zh ASC, cause ASC
