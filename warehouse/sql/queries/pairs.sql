-- One row per open product line of a firm that a notification (by id, symbol or case) may be judged for.
SELECT
    n.notification_id,
    lines.line_id,
    lines.product_name,
    coalesce(m.relation, 'none') AS relation
FROM notifications AS n
CROSS JOIN product_lines AS lines
LEFT JOIN matches AS m USING (notification_id, line_id)
WHERE
    n.notification_id IN (SELECT named.notification_id FROM notifications_named($notification) AS named)
    AND lines.exporter_id = $exporter_id
    AND lines.closed_at IS NULL
    -- without a product name: what the machine found relevant; with one: that line, found or not
    AND CASE WHEN $product_name IS NULL THEN m.relation <> 'none' ELSE lines.product_name = $product_name END
ORDER BY lines.product_name
