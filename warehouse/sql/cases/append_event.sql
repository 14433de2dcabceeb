-- Appends what an officer did to a case.
INSERT INTO case_events
VALUES ($event_id, $case_id, $kind, $code, $occurred_at, $recorded_at, $actor, $detail)
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id
