-- Drops the baselines of $report_month but those of the $keep latest drafts.
DELETE FROM bulletin_baselines
WHERE
    report_month = $report_month
    AND drafted_at NOT IN (
        SELECT DISTINCT drafted_at
        FROM bulletin_baselines
        WHERE report_month = $report_month
        ORDER BY drafted_at DESC
        LIMIT $keep
    )
