-- One row per firm or contact that must be told by phone (联系人失效): no contact, or one that is not written to.
-- What an officer settled by phone after it came up is left out; it comes back with the next thing that happens.
WITH phoned AS (
    SELECT
        exporter_id,
        contact_id,
        max(occurred_at) AS phoned_at
    FROM contact_events
    WHERE kind = 'phoned'
    GROUP BY exporter_id, contact_id
),

listed AS (
    SELECT
        exporter_id,
        count(*) FILTER (standing <> 'closed') AS n_listed,
        count(*) FILTER (standing = 'open') AS n_open,
        max(since) FILTER (standing = 'closed') AS last_closed_at
    FROM contact_standing
    GROUP BY exporter_id
),

-- an erasure or a purge leaves no row among the contacts
removed AS (
    SELECT
        exporter_id,
        max(occurred_at) AS removed_at
    FROM contact_events
    WHERE kind = 'erased'
    GROUP BY exporter_id
),

found AS (
    SELECT
        e.exporter_id,
        '' AS contact_id,
        '' AS email,
        'none' AS standing,
        '' AS reason,
        greatest(e.first_listed_at, l.last_closed_at, r.removed_at) AS since,
        FALSE AS has_other
    FROM exporters AS e
    LEFT JOIN listed AS l USING (exporter_id)
    LEFT JOIN removed AS r USING (exporter_id)
    WHERE coalesce(l.n_listed, 0) = 0
    UNION ALL
    SELECT
        s.exporter_id,
        s.contact_id,
        c.email,
        s.standing,
        s.reason,
        s.since,
        l.n_open > 0 AS has_other
    FROM contact_standing AS s
    INNER JOIN contacts AS c USING (contact_id)
    INNER JOIN listed AS l ON s.exporter_id = l.exporter_id
    WHERE s.standing IN ('suspended', 'unsubscribed')
)

SELECT
    f.exporter_id,
    e.name AS exporter_name,
    f.contact_id,
    f.email,
    f.standing,
    f.reason,
    f.since,
    f.has_other
FROM found AS f
INNER JOIN exporters AS e USING (exporter_id)
LEFT JOIN phoned AS p USING (exporter_id, contact_id)
WHERE e.closed_at IS NULL AND (p.phoned_at IS NULL OR p.phoned_at < f.since)
ORDER BY f.since, f.exporter_id, f.contact_id
