-- Starts the clock anew where an addendum opens or extends the time for comments of a case that was answered or closed
-- before; news of adoption and corrigenda are logged only. A case that stands as rejected is reopened by a new match;
-- one that was reopened or advised on since is like any other.
INSERT INTO case_events
SELECT
    sha256(concat_ws('|', c.case_id, 'restarted', n.notification_id)) AS event_id,
    c.case_id,
    'restarted' AS kind,
    n.notification_id AS code,
    n.first_seen_at AS occurred_at,
    $now AS recorded_at,
    'machine' AS actor,
    '补遗' || coalesce(list_aggregate(n.symbols, 'string_agg', '、'), n.notification_id) || '改变评议期限，重新计时'
        AS detail
FROM case_notifications AS c
INNER JOIN notifications AS n USING (notification_id)
INNER JOIN (
    SELECT
        case_id,
        min(occurred_at) FILTER (kind = 'advised' OR code = 'done') AS answered_at,
        -- in one moment a case is advised on before it is closed, and closed before it is reopened
        max_by(
            kind = 'closed' AND code = 'irrelevant',
            (occurred_at, list_position(['advised', 'closed', 'reopened'], kind)) -- noqa: CP02
        ) AS is_rejected
    FROM case_events
    WHERE kind IN ('advised', 'closed', 'reopened')
    GROUP BY case_id
) AS answers USING (case_id)
WHERE
    n.kind = 'addendum'
    AND n.first_seen_at > answers.answered_at
    AND NOT answers.is_rejected
    AND n.comment_deadline > coalesce(
        (
            SELECT max(earlier.comment_deadline)
            FROM case_notifications AS member
            INNER JOIN notifications AS earlier USING (notification_id)
            WHERE member.case_id = c.case_id AND earlier.first_seen_at < n.first_seen_at
        ),
        DATE '0001-01-01'
    )
ON CONFLICT (event_id) DO NOTHING
