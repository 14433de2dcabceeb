-- Takes over the contacts of the imported list.
INSERT INTO contacts BY NAME
SELECT
    *,
    $now AS first_listed_at,
    $now AS last_listed_at,
    NULL AS closed_at
FROM listed_contacts
ON CONFLICT (exporter_id, email) DO UPDATE SET
    post = excluded.post, last_listed_at = excluded.last_listed_at, closed_at = NULL
