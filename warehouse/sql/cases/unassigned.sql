-- One row per notification of $channels that concerns an open product line and belongs to no case yet.
WITH concerning AS (
    -- these few first: what names a measure is put together for them alone
    SELECT DISTINCT m.notification_id
    FROM effective_matches AS m
    INNER JOIN product_lines AS lines USING (line_id)
    WHERE
        m.relation <> 'none'
        AND m.match_level <> 'none'
        AND lines.closed_at IS NULL
        AND m.notification_id NOT IN (SELECT notification_id FROM case_notifications)
),

roots AS (
    SELECT
        notification_id,
        list(measure_key ORDER BY rank, measure_key) AS case_roots -- the first one names the case
    FROM measure_keys
    SEMI JOIN concerning USING (notification_id)
    GROUP BY notification_id
)

SELECT
    n.notification_id,
    n.first_seen_at,
    n.distribution_date,
    n.comment_deadline,
    coalesce(roots.case_roots, []) AS case_roots
FROM notifications AS n
SEMI JOIN concerning USING (notification_id)
LEFT JOIN roots USING (notification_id)
WHERE list_contains($channels, n.channel)
ORDER BY n.first_seen_at, n.distribution_date NULLS LAST, n.notification_id
