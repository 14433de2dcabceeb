-- How many hours did each case need to its first judgement, notice to a firm and advice? NULL: not yet.
SELECT
    cases.case_id,
    cases.clock_started_at,
    cases.is_backfill,
    date_diff('minute', cases.clock_started_at, min(events.occurred_at) FILTER (events.kind = 'judged')) / 60
        AS hours_to_judged,
    date_diff('minute', cases.clock_started_at, min(events.occurred_at) FILTER (events.kind = 'notified')) / 60
        AS hours_to_notified,
    date_diff('minute', cases.clock_started_at, min(events.occurred_at) FILTER (events.kind = 'advised')) / 60
        AS hours_to_advised
FROM cases
INNER JOIN case_events AS events ON cases.case_id = events.case_id
GROUP BY cases.case_id, cases.clock_started_at, cases.is_backfill
ORDER BY cases.clock_started_at, cases.case_id
