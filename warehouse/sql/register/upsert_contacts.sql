-- Takes over the contacts of the imported list; the token that stands in mails already sent is kept.
INSERT INTO contacts BY NAME
SELECT
    *,
    $now AS first_listed_at,
    $now AS last_listed_at,
    NULL AS closed_at
FROM listed_contacts
ON CONFLICT (contact_id) DO UPDATE SET
    email = excluded.email,
    post = excluded.post,
    purpose = excluded.purpose,
    basis = excluded.basis,
    last_listed_at = excluded.last_listed_at,
    closed_at = NULL
