-- Removes contacts for good.
DELETE FROM contacts
WHERE list_contains($contact_ids::VARCHAR[], contact_id)
RETURNING contact_id
