-- One row per contact, listed or closed, with its address and how it stands.
SELECT
    c.contact_id,
    c.exporter_id,
    c.email,
    c.post,
    c.unsubscribe_token,
    s.standing,
    s.reason,
    s.since
FROM contacts AS c
INNER JOIN contact_standing AS s USING (contact_id)
ORDER BY c.exporter_id, c.email
