-- One row per contact that was closed before a moment.
SELECT contact_id
FROM contacts
WHERE closed_at < $before
ORDER BY contact_id
