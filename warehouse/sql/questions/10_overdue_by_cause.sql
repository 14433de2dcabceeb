-- Which steps were late, for which recorded causes, and by how much?
-- title: 超时的步骤、原因和超出的小时数
-- param since DATE NULL 只看此月起开始计时的案件（写该月第一天）；不写为全部
SELECT
    late.step_zh,
    CASE WHEN late.cause = '' THEN '未登记原因' ELSE late.cause_zh END AS cause,
    count(*) AS n_late,
    count(*) FILTER (late.met_at IS NULL) AS n_still_open,
    median(date_diff('minute', late.due_at, coalesce(late.met_at, published.published_at)) / 60) AS median_hours_over,
    max(date_diff('minute', late.due_at, coalesce(late.met_at, published.published_at)) / 60) AS longest_hours_over,
    string_agg(DISTINCT late.case_id, '、' ORDER BY late.case_id) AS cases
FROM mart.response_times AS late
CROSS JOIN main.published
WHERE late.is_late AND NOT late.is_backfill AND ($since::DATE IS NULL OR late.started_month >= $since::DATE)
GROUP BY late.step_zh, late.cause, late.cause_zh
ORDER BY n_late DESC, late.step_zh ASC, cause ASC
