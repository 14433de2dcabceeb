-- One row per issue, the latest first, without what it says.
SELECT
    i.overall,
    i.report_month,
    i.year,
    i.in_year,
    i.released_at,
    i.released_by,
    i.in_spite_of,
    i.facts_sha256,
    i.tool_version,
    i.snapshot,
    i.snapshot_sha256,
    w.withdrawn_at,
    coalesce(w.withdrawn_by, '') AS withdrawn_by,
    coalesce(w.reason, '') AS withdrawn_reason
FROM bulletin_issues AS i
LEFT JOIN bulletin_withdrawals AS w USING (overall)
ORDER BY i.overall DESC
