-- One row per thing that happened to a case.
CREATE TABLE case_events AS
SELECT
    event_id,
    case_id,
    kind,
    occurred_at,
    recorded_at
FROM warehouse.case_events;
