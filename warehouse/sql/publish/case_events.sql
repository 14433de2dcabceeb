-- One row per thing that happened to a case.
CREATE TABLE case_events AS
SELECT
    event_id,
    case_id,
    kind,
    -- a person in charge is nobody's business but the office's
    CASE
        WHEN kind IN ('concluded', 'comment-decided', 'explained', 'closed', 'superseded', 'restarted') THEN code
        ELSE ''
    END AS code,
    occurred_at,
    recorded_at
FROM warehouse.case_events;
