-- One row per open contact.
SELECT
    exporter_id,
    email,
    post
FROM contacts
WHERE closed_at IS NULL
ORDER BY exporter_id, email
