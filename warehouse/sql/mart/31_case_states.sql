-- One row per case: how far it had come by the events recorded until `known_by`.
CREATE MACRO mart.case_states(known_by) AS TABLE
    SELECT
        cases.case_id,
        any_value(cases.clock_started_at) AS first_started_at,
        any_value(cases.is_backfill) AS is_backfill,
        any_value(cases.policy_version) AS policy_version,
        any_value(cases.opened_at) AS opened_at,
        coalesce(
            arg_max(
                e.kind = 'closed', (e.occurred_at, list_position(['closed', 'reopened', 'restarted'], e.kind))
            ) FILTER (e.kind IN ('closed', 'reopened', 'restarted')),
            FALSE
        ) AS is_closed,
        -- the order of pipeline.case_state.Stage
        CASE
            WHEN is_closed THEN 'closed'
            WHEN bool_or(
                e.kind IN ('comment-requested', 'comment-received', 'comment-submitted', 'comment-answered')
            ) THEN 'commenting'
            WHEN bool_or(e.kind = 'advised') THEN 'advised'
            WHEN bool_or(e.kind = 'notified') THEN 'notified'
            WHEN bool_or(e.kind IN ('judged', 'concluded')) THEN 'judged'
            WHEN bool_or(e.kind = 'screened') THEN 'screened'
            ELSE 'collected'
        END AS stage,
        coalesce(arg_max(e.code, (e.occurred_at, e.code)) FILTER (e.kind = 'concluded'), '') AS conclusion,
        coalesce(arg_max(e.code, (e.occurred_at, e.code)) FILTER (e.kind = 'comment-decided'), '')
            AS comment_decision
    FROM main.cases AS cases
    LEFT JOIN main.case_events AS e ON cases.case_id = e.case_id AND e.recorded_at <= known_by
    WHERE cases.opened_at <= known_by
    GROUP BY cases.case_id;
