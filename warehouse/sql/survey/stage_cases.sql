-- One row per case whose clock started in the period, with what was done of it since then, in the period or after.
CREATE OR REPLACE TEMP TABLE survey_cases AS
SELECT
    cases.case_id,
    cases.is_backfill,
    count(e.event_id) FILTER (e.kind = 'notified') > 0 AS is_told,
    count(e.event_id) FILTER (e.kind = 'comment-requested') > 0 AS is_requested,
    count(e.event_id) FILTER (e.kind = 'comment-submitted') > 0 AS is_submitted,
    count(e.event_id) FILTER (e.kind = 'comment-answered') > 0 AS is_answered,
    count(e.event_id) FILTER (e.kind = 'concern-linked') > 0 AS is_linked,
    count(e.event_id) FILTER (e.kind = 'concern-proposed') > 0 AS is_proposed
FROM cases
LEFT JOIN case_events AS e ON cases.case_id = e.case_id
WHERE cases.clock_started_at >= $starts_at AND cases.clock_started_at < $ends_at
GROUP BY cases.case_id, cases.is_backfill
