-- One row per notification among $notification_ids of which a title in Chinese is known.
SELECT *
FROM best_titles
WHERE notification_id IN (SELECT unnest(from_json($notification_ids, '["VARCHAR"]')))
