-- One row per moment that the clock of a case may run from: its start, and each restart by an addendum.
SELECT
    case_id,
    policy_version,
    clock_started_at AS started_at
FROM cases
UNION
SELECT
    cases.case_id,
    cases.policy_version,
    events.occurred_at AS started_at
FROM cases
INNER JOIN case_events AS events USING (case_id)
WHERE events.kind = 'restarted' AND events.occurred_at > cases.clock_started_at
ORDER BY case_id, started_at
