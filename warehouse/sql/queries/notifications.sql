-- One row per notification among $notification_ids, or per notification at all where that is NULL.
SELECT * EXCLUDE (content_hash, n_versions, first_seen_at, last_seen_at, title_key)
FROM notifications
WHERE $notification_ids IS NULL OR notification_id IN (SELECT unnest(from_json($notification_ids, '["VARCHAR"]')))
ORDER BY notification_id
