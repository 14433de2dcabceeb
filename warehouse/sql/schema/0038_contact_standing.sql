-- One row per contact: whether mail may go to it, since when it stands so, and why.
CREATE VIEW contact_standing AS
WITH suspensions AS (
    SELECT
        contact_id,
        arg_max(kind, (occurred_at, event_number)) AS kind,
        arg_max(code, (occurred_at, event_number)) AS code,
        max(occurred_at) AS since
    FROM contact_events
    WHERE kind IN ('suspended', 'resumed')
    GROUP BY contact_id
),

-- who unsubscribes does so with the address, whatever firms list it
wishes AS (
    SELECT
        c.address_hash,
        e.kind,
        e.code,
        e.occurred_at,
        e.event_number
    FROM contact_events AS e
    INNER JOIN contacts AS c USING (contact_id)
    WHERE e.kind IN ('unsubscribed', 'resubscribed')
    UNION ALL
    SELECT
        address_hash,
        'unsubscribed' AS kind,
        'address' AS code,
        since AS occurred_at,
        0 AS event_number
    FROM suppressed_addresses
),

last_wishes AS (
    SELECT
        address_hash,
        arg_max(kind, (occurred_at, event_number)) AS kind,
        arg_max(code, (occurred_at, event_number)) AS code,
        max(occurred_at) AS since
    FROM wishes
    GROUP BY address_hash
)

SELECT
    c.contact_id,
    c.exporter_id,
    CASE
        WHEN c.closed_at IS NOT NULL THEN 'closed'
        WHEN w.kind = 'unsubscribed' THEN 'unsubscribed'
        WHEN s.kind = 'suspended' THEN 'suspended'
        ELSE 'open'
    END AS standing,
    CASE standing
        WHEN 'closed' THEN c.closed_at
        WHEN 'unsubscribed' THEN w.since
        WHEN 'suspended' THEN s.since
        ELSE greatest(
            c.first_listed_at,
            s.since, -- of a resumption, or NULL
            w.since
        )
    END AS since,
    CASE standing WHEN 'unsubscribed' THEN w.code WHEN 'suspended' THEN s.code ELSE '' END AS reason
FROM contacts AS c
LEFT JOIN suspensions AS s USING (contact_id)
LEFT JOIN last_wishes AS w USING (address_hash);
COMMENT ON VIEW contact_standing IS 'One row per contact: whether mail may go to it, since when it stands so, and why.';
COMMENT ON COLUMN contact_standing.contact_id IS 'Contact.';
COMMENT ON COLUMN contact_standing.exporter_id IS 'Firm.';
COMMENT ON COLUMN contact_standing.standing IS 'open, suspended, unsubscribed or closed; only open is written to.';
COMMENT ON COLUMN contact_standing.since IS 'Since when it stands so (UTC).';
COMMENT ON COLUMN contact_standing.reason IS
'Code of the event that made it so; address where another firm''s contact with the same address unsubscribed.';
