-- The cases in which something is left to do: not closed, and one of the kinds of events in required is missing since
-- the clock last started.
CREATE MACRO unsettled_cases(required) AS TABLE
    WITH closed AS (
        SELECT case_id
        FROM case_events
        WHERE kind IN ('closed', 'reopened', 'restarted')
        GROUP BY case_id
        HAVING arg_max(kind, (occurred_at, kind <> 'closed')) = 'closed'
    ),

    restarts AS (
        SELECT
            case_id,
            max(occurred_at) AS restarted_at
        FROM case_events
        WHERE kind = 'restarted'
        GROUP BY case_id
    ),

    -- a mail that came back takes 企业告知 back
    returns AS (
        SELECT
            case_id,
            max(occurred_at) AS undelivered_at
        FROM case_events
        WHERE kind = 'undelivered'
        GROUP BY case_id
    ),

    standing AS (
        SELECT
            e.case_id,
            list(DISTINCT e.kind) FILTER (
                (r.restarted_at IS NULL OR e.occurred_at > r.restarted_at)
                AND NOT (e.kind = 'notified' AND e.occurred_at <= b.undelivered_at IS TRUE)
            ) AS kinds
        FROM case_events AS e
        LEFT JOIN restarts AS r USING (case_id)
        LEFT JOIN returns AS b USING (case_id)
        WHERE e.case_id NOT IN (SELECT closed.case_id FROM closed)
        GROUP BY e.case_id
    )

    SELECT case_id
    FROM standing
    WHERE NOT list_has_all(coalesce(kinds, []), required);
COMMENT ON MACRO TABLE unsettled_cases IS 'The cases in which something is left to do.'; -- noqa: PRS
