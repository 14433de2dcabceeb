-- Closes the contacts that the imported list no longer carries.
UPDATE contacts
SET closed_at = $now
WHERE
    closed_at IS NULL
    AND (exporter_id, email) NOT IN (SELECT (exporter_id, email) FROM listed_contacts)
