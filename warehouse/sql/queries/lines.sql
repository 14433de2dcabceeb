-- One row per product line among $line_ids, open or closed.
SELECT * EXCLUDE (first_listed_at, last_listed_at, closed_at)
FROM product_lines
WHERE line_id IN (SELECT unnest(from_json($line_ids, '["VARCHAR"]')))
ORDER BY line_id
