-- One row per case, clock and step of the response policy: from events recorded by `known_by`, read at `at_moment`.
CREATE MACRO mart.clock_readings(known_by, at_moment) AS TABLE
    -- the same reading as pipeline.sla and pipeline.steps.open_cases; the limits are the policy's own (case_limits)
    WITH RECURSIVE events AS (
        SELECT
            event_id,
            case_id,
            kind,
            code,
            occurred_at
        FROM main.case_events
        WHERE recorded_at <= known_by
    ),

    opened AS (
        SELECT
            case_id,
            clock_started_at
        FROM main.cases
        WHERE opened_at <= known_by
    ),

    -- the moments that a clock may run from, numbered from 0
    starts AS (
        SELECT
            case_id,
            started_at,
            row_number() OVER (PARTITION BY case_id ORDER BY started_at) - 1 AS place
        FROM (
            SELECT
                case_id,
                clock_started_at AS started_at
            FROM opened
            UNION
            SELECT
                events.case_id,
                events.occurred_at
            FROM events
            INNER JOIN opened USING (case_id)
            WHERE events.kind = 'restarted' AND events.occurred_at > opened.clock_started_at
        ) AS moments
    ),

    -- an event belongs to the last start before it; a restart begins what comes after it
    placed AS (
        SELECT
            events.event_id,
            any_value(events.case_id) AS case_id,
            any_value(events.kind) AS kind,
            any_value(events.code) AS code,
            any_value(events.occurred_at) AS occurred_at,
            coalesce(
                max(starts.place) FILTER (
                    starts.started_at < events.occurred_at
                    OR (starts.started_at = events.occurred_at AND events.kind = 'restarted')
                ),
                0
            ) AS place
        FROM events
        INNER JOIN starts USING (case_id)
        GROUP BY events.event_id
    ),

    -- every stretch that one clock may cover: from a start up to a later one, or to the end
    spans AS (
        SELECT
            starts.case_id,
            starts.started_at,
            starts.place,
            ends.place AS end_place,
            ends.is_end
        FROM starts
        INNER JOIN (
            SELECT
                later.case_id,
                later.place,
                FALSE AS is_end
            FROM starts AS later
            UNION ALL
            SELECT
                whole.case_id,
                count(*) AS place,
                TRUE AS is_end
            FROM starts AS whole
            GROUP BY whole.case_id
        ) AS ends ON starts.case_id = ends.case_id AND starts.place < ends.place
    ),

    closings AS (
        SELECT
            spans.case_id,
            spans.place,
            spans.end_place,
            max(placed.occurred_at) FILTER (placed.kind = 'undelivered') AS undelivered_at,
            -- in one moment a case is closed before it is reopened: what may be open is open
            arg_max(
                CASE WHEN placed.kind = 'closed' THEN greatest(placed.occurred_at, spans.started_at) END,
                (placed.occurred_at, list_position(['closed', 'reopened', 'restarted'], placed.kind))
            ) FILTER (placed.kind IN ('closed', 'reopened', 'restarted')) AS last_closed_at,
            arg_max(
                placed.kind = 'closed',
                (placed.occurred_at, list_position(['closed', 'reopened', 'restarted'], placed.kind))
            ) FILTER (placed.kind IN ('closed', 'reopened', 'restarted')) AS is_closed
        FROM spans
        LEFT JOIN placed
            ON
                spans.case_id = placed.case_id
                AND spans.place <= placed.place
                AND spans.end_place > placed.place
        GROUP BY spans.case_id, spans.place, spans.end_place
    ),

    steps AS (
        SELECT
            spans.case_id,
            spans.place,
            spans.end_place,
            spans.is_end,
            spans.started_at,
            CASE WHEN closings.is_closed THEN closings.last_closed_at END AS closed_at,
            limits.event,
            any_value(limits.ordinal) AS ordinal,
            any_value(limits.label) AS label,
            any_value(limits.limit_hours) AS limit_hours,
            any_value(limits.amber_at) AS amber_at,
            any_value(limits.due_at) AS due_at,
            -- an event dated before the start counts as the start; a mail that came back takes 企业告知 back
            greatest(
                min(placed.occurred_at) FILTER (
                    placed.kind = limits.event
                    AND NOT (
                        placed.kind = 'notified'
                        AND coalesce(placed.occurred_at <= closings.undelivered_at, FALSE)
                    )
                ),
                spans.started_at
            ) AS met_or_start,
            count(*) FILTER (
                placed.kind = limits.event
                AND NOT (
                    placed.kind = 'notified'
                    AND coalesce(placed.occurred_at <= closings.undelivered_at, FALSE)
                )
            ) > 0 AS is_met,
            max((placed.occurred_at, placed.code)) FILTER (
                placed.kind = 'explained' AND starts_with(placed.code, limits.event || ':')
            ) AS explained
        FROM spans
        INNER JOIN closings USING (case_id, place, end_place)
        LEFT JOIN main.case_limits AS limits
            ON spans.case_id = limits.case_id AND spans.started_at = limits.started_at
        LEFT JOIN placed
            ON
                spans.case_id = placed.case_id
                AND spans.place <= placed.place
                AND spans.end_place > placed.place
        GROUP BY
            spans.case_id, spans.place, spans.end_place, spans.is_end, spans.started_at, closings.is_closed,
            closings.last_closed_at, closings.undelivered_at, limits.event
    ),

    -- an addendum to what is not answered yet adds to it, and starts no second clock
    following AS (
        SELECT
            case_id,
            place,
            min(end_place) AS next_place
        FROM (
            SELECT
                case_id,
                place,
                end_place
            FROM steps
            WHERE NOT is_end
            GROUP BY case_id, place, end_place
            HAVING bool_and(is_met OR closed_at IS NOT NULL)
        ) AS answered
        GROUP BY case_id, place
    ),

    clocks AS (
        SELECT
            case_id,
            place,
            1 AS round
        FROM starts
        WHERE place = 0
        UNION ALL
        SELECT
            clocks.case_id,
            following.next_place AS place,
            clocks.round + 1 AS round
        FROM clocks
        INNER JOIN following USING (case_id, place)
    )

    SELECT
        clocks.case_id,
        clocks.round,
        clocks.round = max(clocks.round) OVER (PARTITION BY clocks.case_id) AS is_last_round,
        steps.started_at,
        steps.closed_at,
        steps.event,
        steps.ordinal,
        steps.label,
        steps.limit_hours,
        steps.amber_at,
        steps.due_at,
        CASE WHEN steps.is_met THEN steps.met_or_start END AS met_at,
        CASE
            WHEN steps.is_met THEN CASE WHEN steps.met_or_start <= steps.due_at THEN 'met' ELSE 'met-late' END
            WHEN steps.closed_at IS NOT NULL
                THEN CASE WHEN steps.closed_at <= steps.due_at THEN 'not-required' ELSE 'met-late' END
            WHEN at_moment > steps.due_at THEN 'overdue'
            WHEN at_moment >= steps.amber_at THEN 'amber'
            ELSE 'running'
        END AS state,
        coalesce(substr(steps.explained[2], length(steps.event) + 2), '') AS cause
    FROM clocks
    INNER JOIN steps
        ON clocks.case_id = steps.case_id AND clocks.place = steps.place
    LEFT JOIN following ON clocks.case_id = following.case_id AND clocks.place = following.place
    WHERE
        steps.event IS NOT NULL
        AND (steps.end_place = following.next_place OR (following.next_place IS NULL AND steps.is_end));
