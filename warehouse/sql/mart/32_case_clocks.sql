-- One row per case and clock: its three steps side by side, by events recorded until `known_by`, read at `at_moment`.
CREATE MACRO mart.case_clocks(known_by, at_moment) AS TABLE
    SELECT
        case_id,
        round,
        any_value(is_last_round) AS is_last_round,
        any_value(started_at) AS started_at,
        any_value(closed_at) AS closed_at,
        any_value(due_at) FILTER (event = 'judged') AS judged_due_at,
        any_value(met_at) FILTER (event = 'judged') AS judged_at,
        coalesce(any_value(state) FILTER (event = 'judged'), '') AS judged_state,
        any_value(due_at) FILTER (event = 'notified') AS notified_due_at,
        any_value(met_at) FILTER (event = 'notified') AS notified_at,
        coalesce(any_value(state) FILTER (event = 'notified'), '') AS notified_state,
        any_value(due_at) FILTER (event = 'advised') AS advised_due_at,
        any_value(met_at) FILTER (event = 'advised') AS advised_at,
        coalesce(any_value(state) FILTER (event = 'advised'), '') AS advised_state,
        coalesce(
            arg_min(event, (due_at, ordinal)) FILTER (state IN ('running', 'amber', 'overdue')), ''
        ) AS next_step,
        min(due_at) FILTER (state IN ('running', 'amber', 'overdue')) AS next_due_at,
        bool_and(state NOT IN ('running', 'amber', 'overdue')) AS is_answered,
        -- a case that is closed long after its answer was answered all the same
        CASE
            WHEN is_answered THEN CASE WHEN bool_and(met_at IS NOT NULL) THEN max(met_at) ELSE any_value(closed_at) END
        END AS answered_at,
        bool_or(state IN ('met-late', 'overdue')) AS is_late,
        bool_or(state = 'overdue') AS is_overdue,
        coalesce(string_agg(event || ':' || cause, '、' ORDER BY ordinal) FILTER (cause <> ''), '') AS causes_text
    FROM mart.clock_readings(known_by, at_moment)
    GROUP BY case_id, round;
