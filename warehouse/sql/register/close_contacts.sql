-- Closes the contacts that the imported list no longer carries.
UPDATE contacts
SET closed_at = $now
WHERE closed_at IS NULL AND contact_id NOT IN (SELECT contact_id FROM listed_contacts)
