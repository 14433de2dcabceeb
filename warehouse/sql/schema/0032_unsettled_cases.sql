-- The cases in which something is left to do: not closed, and one of the kinds of events in required is missing since
-- the clock last started.
CREATE MACRO unsettled_cases(required) AS TABLE
    WITH started AS (
        SELECT
            case_id,
            kind,
            occurred_at,
            max(occurred_at) FILTER (kind = 'restarted') OVER (PARTITION BY case_id) AS restarted_at
        FROM case_events
    ),

    standing AS (
        SELECT
            case_id,
            list(DISTINCT kind) FILTER (restarted_at IS NULL OR occurred_at > restarted_at) AS kinds,
            arg_max(kind, (occurred_at, kind <> 'closed')) FILTER (kind IN ('closed', 'reopened', 'restarted'))
                AS last_word
        FROM started
        GROUP BY case_id
    )

    SELECT case_id
    FROM standing
    WHERE coalesce(last_word, '') <> 'closed' AND NOT list_has_all(coalesce(kinds, []), required);
COMMENT ON MACRO TABLE unsettled_cases IS 'The cases in which something is left to do.'; -- noqa: PRS
