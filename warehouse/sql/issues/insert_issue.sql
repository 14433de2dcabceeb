-- Gives a released issue its row.
INSERT INTO bulletin_issues
VALUES (
    $overall, $report_month, $year, $in_year, $now, $released_by, $in_spite_of, $facts_sha256, $facts,
    $facts_restricted, $tool_version, $snapshot, $snapshot_sha256, $run_id
)
