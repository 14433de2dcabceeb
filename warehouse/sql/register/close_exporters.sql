-- Closes the firms that the imported list no longer carries; nothing is deleted.
UPDATE exporters
SET closed_at = $now
WHERE closed_at IS NULL AND exporter_id NOT IN (SELECT exporter_id FROM listed_exporters)
