-- One row per source: when it was last collected, what it brought, and what was wrong.
CREATE VIEW mart.source_health AS
WITH asked AS (
    -- one that was never read has its runs and nothing else
    SELECT source
    FROM main.sources
    UNION
    SELECT source
    FROM main.runs
    WHERE source <> '' AND step IN ('crawl', 'import-notifications')
),

records AS (
    SELECT
        v.source,
        count(DISTINCT v.source_key)::INTEGER AS n_records,
        count(*)::INTEGER AS n_versions,
        count(DISTINCT v.notification_id)::INTEGER AS n_notifications,
        count(DISTINCT v.source_key) FILTER (
            v.first_seen_at > today.published_at - INTERVAL 30 DAY
        )::INTEGER AS n_new_30_days,
        median(
            (v.first_seen_at AT TIME ZONE 'Asia/Shanghai')::DATE - v.distribution_date
        ) AS median_days_to_first_seen
    FROM main.notification_versions AS v
    CROSS JOIN mart.office_day AS today
    GROUP BY v.source
),

runs AS (
    SELECT
        source,
        count(*)::INTEGER AS n_runs,
        count(*) FILTER (outcome = 'failed' OR (outcome = 'running' AND finished_at IS NULL))::INTEGER AS n_failed_runs,
        arg_max(run_id, started_at) AS last_run_id,
        max(started_at) AS last_run_at,
        arg_max(outcome, started_at) AS last_outcome
    FROM main.runs
    WHERE source <> ''
    GROUP BY source
),

found AS (
    SELECT
        source,
        count(*)::INTEGER AS n_issues,
        count(*) FILTER (severity = 'error')::INTEGER AS n_error_issues,
        count(*) FILTER (severity = 'warning')::INTEGER AS n_warning_issues
    FROM main.issues
    GROUP BY source
)

SELECT
    asked.source,
    coalesce(s.title, asked.source) AS source_title,
    s.priority,
    s.first_collected_at,
    s.last_collected_at,
    epoch(today.published_at - s.last_collected_at) / 3600 AS hours_since_last,
    coalesce(records.n_records, 0) AS n_records,
    coalesce(records.n_versions, 0) AS n_versions,
    coalesce(records.n_notifications, 0) AS n_notifications,
    coalesce(records.n_new_30_days, 0) AS n_new_30_days,
    records.median_days_to_first_seen,
    coalesce(runs.n_runs, 0) AS n_runs,
    coalesce(runs.n_failed_runs, 0) AS n_failed_runs,
    coalesce(runs.last_run_id, '') AS last_run_id,
    runs.last_run_at,
    coalesce(runs.last_outcome, '') AS last_outcome,
    coalesce(found.n_issues, 0) AS n_issues,
    coalesce(found.n_error_issues, 0) AS n_error_issues,
    coalesce(found.n_warning_issues, 0) AS n_warning_issues
FROM asked
CROSS JOIN mart.office_day AS today
LEFT JOIN main.sources AS s ON asked.source = s.source
LEFT JOIN records ON asked.source = records.source
LEFT JOIN runs ON asked.source = runs.source
LEFT JOIN found ON asked.source = found.source;
COMMENT ON COLUMN mart.source_health.source IS 'Name of the source, as on the command line.';
COMMENT ON COLUMN mart.source_health.source_title IS
'Name of the source, in Chinese; its code where it was never read.';
COMMENT ON COLUMN mart.source_health.hours_since_last IS
'Hours from its last successful collection to this copy; NULL where there was none.';
COMMENT ON COLUMN mart.source_health.n_records IS 'Records of notifications that it has shown.';
COMMENT ON COLUMN mart.source_health.n_versions IS 'Versions of them.';
COMMENT ON COLUMN mart.source_health.n_notifications IS 'Notifications that they belong to.';
COMMENT ON COLUMN mart.source_health.n_new_30_days IS
'Records that are new or changed in the 30 days before this copy.';
COMMENT ON COLUMN mart.source_health.median_days_to_first_seen IS
'Median days from distribution to the first collection of a version; NULL where no date is known.';
COMMENT ON COLUMN mart.source_health.n_runs IS 'Runs that imported or crawled it.';
COMMENT ON COLUMN mart.source_health.n_failed_runs IS 'Those that failed or were killed.';
COMMENT ON COLUMN mart.source_health.last_run_id IS 'Its latest run.';
COMMENT ON COLUMN mart.source_health.last_run_at IS 'Start of that run (UTC).';
COMMENT ON COLUMN mart.source_health.last_outcome IS 'How it ended: done, findings, failed or running.';
COMMENT ON COLUMN mart.source_health.n_issues IS 'Findings in its input.';
COMMENT ON COLUMN mart.source_health.n_error_issues IS 'Findings that lost a row or a field.';
COMMENT ON COLUMN mart.source_health.n_warning_issues IS 'Findings that are changed or doubtful.';
