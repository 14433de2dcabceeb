-- One row per kind of data issue first seen before $end_instant.
SELECT
    code,
    severity,
    count(*)::INTEGER AS n,
    count(*) FILTER (last_seen_at >= $first_instant)::INTEGER AS n_of_period,
    min(message) AS example
FROM issues
WHERE first_seen_at < $end_instant AND severity <> 'info'
GROUP BY code, severity
ORDER BY severity, n DESC, code
