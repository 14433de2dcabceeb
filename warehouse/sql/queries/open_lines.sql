-- One row per open product line of an open firm.
SELECT lines.* EXCLUDE (first_listed_at, last_listed_at, closed_at)
FROM product_lines AS lines
INNER JOIN exporters USING (exporter_id)
WHERE lines.closed_at IS NULL AND exporters.closed_at IS NULL
ORDER BY lines.line_id
