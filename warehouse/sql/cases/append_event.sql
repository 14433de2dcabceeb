-- Appends what an officer did to a case.
INSERT INTO case_events
VALUES ($event_id, $case_id, $kind, $occurred_at, $occurred_at, $actor, $detail)
