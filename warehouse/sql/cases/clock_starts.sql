-- One row per moment that the clock of a case may run from, its start and each restart by an addendum, with the basis
-- that its policy is reckoned on ($bases: policy version to basis, JSON; NULL for a policy that is not there).
CREATE OR REPLACE TEMP TABLE clock_starts AS
WITH starts AS (
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
)

SELECT
    *,
    from_json($bases, '"MAP(VARCHAR, VARCHAR)"')[policy_version] AS basis -- noqa: CP02, LT01
FROM starts
