-- At most two rows: what the Word files of one draft said, the public one first.
SELECT
    is_restricted,
    outline
FROM bulletin_baselines
WHERE report_month = $report_month AND drafted_at = $drafted_at
ORDER BY is_restricted
