-- Adds an officer's decision; earlier ones stay.
INSERT INTO judgements
VALUES ($judgement_id, $notification_id, $line_id, $verdict, $relation, $reason, $judged_by, $now)
ON CONFLICT DO NOTHING
