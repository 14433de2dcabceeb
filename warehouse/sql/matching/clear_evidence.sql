-- Removes the evidence of notifications that are matched again.
DELETE FROM match_evidence
WHERE notification_id IN (SELECT unnest(from_json($notification_ids, '["VARCHAR"]')))
