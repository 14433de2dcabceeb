-- One row per contact of a firm, with all that is held of it.
SELECT
    c.contact_id,
    c.email,
    c.post,
    s.standing,
    s.reason,
    s.since,
    c.purpose,
    c.basis,
    c.first_listed_at,
    c.last_listed_at,
    c.closed_at
FROM contacts AS c
INNER JOIN contact_standing AS s USING (contact_id)
WHERE c.exporter_id = $exporter_id
ORDER BY c.email
