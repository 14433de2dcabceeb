-- One row per case that was open or closed at `moment` (TIMESTAMPTZ), by what had been collected and recorded then.
CREATE MACRO mart.cases_as_of(moment) AS TABLE
    WITH members AS (
        -- the event that took a notification into its case tells when
        SELECT c.*
        FROM main.case_notifications AS c
        INNER JOIN main.case_events AS e
            ON e.event_id = sha256(concat_ws('|', c.case_id, 'collected', c.notification_id))
        WHERE e.recorded_at <= moment
    ),

    known AS (
        SELECT *
        FROM mart.notifications_as_of(moment)
    ),

    heads AS (
        SELECT
            members.case_id,
            arg_max(
                known.notification_id,
                (
                    known.channel = 'wto',
                    known.kind IN ('regular', 'revision', 'emergency', 'unknown'),
                    coalesce(known.distribution_date, DATE '0001-01-01'), -- noqa: CP05
                    known.notification_id
                )
            ) AS notification_id,
            max(known.comment_deadline) AS comment_deadline,
            list_sort(list_distinct(flatten(list(known.symbols)))) AS symbols
        FROM members
        INNER JOIN known USING (notification_id)
        GROUP BY members.case_id
    ),

    clocks AS (
        SELECT *
        FROM mart.case_clocks(moment, moment)
    ),

    whole AS (
        SELECT
            case_id,
            bool_or(is_late) AS is_late
        FROM clocks
        GROUP BY case_id
    )

    SELECT
        states.case_id,
        heads.notification_id,
        array_to_string(heads.symbols, '、') AS symbols_text,
        array_to_string(head.member_codes, '、') AS members_text,
        head.area,
        head.title,
        head.distribution_date,
        heads.comment_deadline,
        states.opened_at,
        coalesce(clocks.started_at, states.first_started_at) AS clock_started_at,
        coalesce(clocks.round, 1)::INTEGER AS round, -- noqa: CP05
        states.is_backfill,
        states.policy_version,
        states.stage,
        states.conclusion,
        states.comment_decision,
        states.is_closed,
        clocks.closed_at,
        clocks.judged_due_at,
        clocks.judged_at,
        coalesce(clocks.judged_state, '') AS judged_state,
        clocks.notified_due_at,
        clocks.notified_at,
        coalesce(clocks.notified_state, '') AS notified_state,
        clocks.advised_due_at,
        clocks.advised_at,
        coalesce(clocks.advised_state, '') AS advised_state,
        coalesce(clocks.next_step, '') AS next_step,
        clocks.next_due_at,
        coalesce(clocks.is_answered, states.is_closed) AS is_answered,
        clocks.answered_at,
        coalesce(whole.is_late, FALSE) AS is_late,
        coalesce(clocks.is_late, FALSE) AS is_late_now,
        coalesce(clocks.is_overdue, FALSE) AS is_overdue,
        coalesce(clocks.causes_text, '') AS causes_text
    FROM mart.case_states(moment) AS states
    LEFT JOIN clocks ON states.case_id = clocks.case_id AND clocks.is_last_round
    LEFT JOIN whole ON states.case_id = whole.case_id
    LEFT JOIN heads ON states.case_id = heads.case_id
    LEFT JOIN known AS head ON heads.notification_id = head.notification_id;
