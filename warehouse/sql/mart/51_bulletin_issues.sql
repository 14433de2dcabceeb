-- One row per released issue: the numbers that it prints beside what this copy counts for its month.
CREATE VIEW mart.bulletin_issues AS
SELECT
    issues.overall,
    issues.year,
    issues.in_year,
    issues.report_month,
    issues.released_at,
    withdrawals.withdrawn_at IS NOT NULL AS is_withdrawn,
    withdrawals.withdrawn_at,
    issues.printed_symbols,
    coalesce(counted.n_symbols, 0) AS counted_symbols,
    issues.printed_measures,
    coalesce(counted.n_measures, 0) AS counted_measures,
    issues.printed_relevant_measures,
    issues.printed_firms,
    issues.facts_sha256,
    issues.snapshot,
    issues.snapshot_sha256
FROM main.bulletin_issues AS issues
LEFT JOIN main.bulletin_withdrawals AS withdrawals USING (overall)
LEFT JOIN (
    SELECT
        strftime(distribution_date, '%Y-%m') AS report_month,
        count(*)::INTEGER AS n_symbols,
        count(DISTINCT measure)::INTEGER AS n_measures
    FROM main.counted_symbols
    GROUP BY ALL
) AS counted USING (report_month);
COMMENT ON COLUMN mart.bulletin_issues.year IS 'Year of the month reported on, in which in_year counts.';
COMMENT ON COLUMN mart.bulletin_issues.is_withdrawn IS 'Whether the issue was withdrawn.';
COMMENT ON COLUMN mart.bulletin_issues.withdrawn_at IS 'When it was withdrawn (UTC); NULL where it was not.';
COMMENT ON COLUMN mart.bulletin_issues.counted_symbols IS
'Symbols of the month by this copy (件): other than printed where some were collected or changed since; the snapshot
that the issue names still counts what it prints.';
COMMENT ON COLUMN mart.bulletin_issues.counted_measures IS 'Measures of the month by this copy (项).';
