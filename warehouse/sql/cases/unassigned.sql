-- One row per notification that concerns an open product line and belongs to no case yet.
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
        s.notification_id,
        -- in the order in which the notification lists its symbols: the first one names the case
        list(s.case_root ORDER BY list_position(listed.symbols, s.symbol)) AS case_roots
    FROM notification_symbols AS s
    INNER JOIN notifications AS listed USING (notification_id)
    GROUP BY s.notification_id
) AS roots USING (notification_id)
WHERE
    m.relation <> 'none'
    AND m.match_level <> 'none'
    AND lines.closed_at IS NULL
    AND n.notification_id NOT IN (SELECT notification_id FROM case_notifications)
GROUP BY n.notification_id, n.first_seen_at, n.distribution_date, n.comment_deadline
ORDER BY n.first_seen_at, n.distribution_date NULLS LAST, n.notification_id
