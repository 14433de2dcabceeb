-- One row: how much there is.
SELECT
    (SELECT count(*) FROM notifications)::INTEGER AS n_notifications,
    (SELECT count(*) FROM exporters WHERE closed_at IS NULL)::INTEGER AS n_exporters,
    (SELECT count(*) FROM product_lines WHERE closed_at IS NULL)::INTEGER AS n_lines,
    (SELECT count(*) FROM cases)::INTEGER AS n_cases,
    (SELECT count(*) FROM issues WHERE severity <> 'info')::INTEGER AS n_issues
