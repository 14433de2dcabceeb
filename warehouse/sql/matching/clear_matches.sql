-- Removes the machine's matches of notifications that are matched again; judgements stay.
DELETE FROM matches
WHERE notification_id IN (SELECT unnest(from_json($notification_ids, '["VARCHAR"]')))
