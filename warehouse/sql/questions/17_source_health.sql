-- Is each source read, how late, and what needs a look?
-- title: 各来源的采集情况和待看的问题
SELECT
    source_title,
    last_collected_at,
    round(hours_since_last, 1) AS hours_since_last,
    last_outcome,
    n_runs,
    n_failed_runs,
    n_records,
    n_notifications,
    n_new_30_days,
    median_days_to_first_seen,
    n_error_issues,
    n_warning_issues
FROM mart.source_health
ORDER BY n_error_issues DESC, hours_since_last DESC NULLS FIRST, source ASC
