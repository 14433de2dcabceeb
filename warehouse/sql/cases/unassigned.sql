-- One row per notification of $channels that concerns an open product line and belongs to no case yet.
SELECT
    n.notification_id,
    n.first_seen_at,
    n.distribution_date,
    n.comment_deadline,
    coalesce(any_value(roots.case_roots), []) AS case_roots
FROM notifications AS n
INNER JOIN effective_matches AS m USING (notification_id)
INNER JOIN product_lines AS lines USING (line_id)
LEFT JOIN (
    SELECT
        notification_id,
        list(measure_key ORDER BY rank, measure_key) AS case_roots -- the first one names the case
    FROM measure_keys
    GROUP BY notification_id
) AS roots USING (notification_id)
WHERE
    list_contains($channels, n.channel)
    AND m.relation <> 'none'
    AND m.match_level <> 'none'
    AND lines.closed_at IS NULL
    AND n.notification_id NOT IN (SELECT notification_id FROM case_notifications)
GROUP BY n.notification_id, n.first_seen_at, n.distribution_date, n.comment_deadline
ORDER BY n.first_seen_at, n.distribution_date NULLS LAST, n.notification_id
