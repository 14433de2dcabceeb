-- Closes the product lines that the imported list no longer carries; nothing is deleted.
UPDATE product_lines
SET closed_at = $now
WHERE closed_at IS NULL AND line_id NOT IN (SELECT line_id FROM listed_lines)
