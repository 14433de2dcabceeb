-- One row per notification with a link to the WTO's hosts whose document was not read yet: distributed
-- from $since to $until or undated, newest first, $max_rows at most.
SELECT * EXCLUDE (content_hash, n_versions, first_seen_at, last_seen_at, title_key)
FROM notifications
WHERE
    channel = 'wto'
    AND (distribution_date BETWEEN $since AND $until OR distribution_date IS NULL)
    AND regexp_matches(
        array_to_string(list_concat(map_values(notification_links), document_links), ' '),
        '(^|\s)https?://(docs|members)\.wto\.org/',
        'i'
    )
    AND NOT EXISTS (
        SELECT 1
        FROM raw_notifications AS read
        WHERE
            read.source = 'wto_documents'
            AND read.notification_id = notifications.notification_id
            -- a notified text alone (key with #) does not stand for the notification document
            AND (read.source_key NOT LIKE '%#%' OR cardinality(notifications.notification_links) = 0)
    )
ORDER BY distribution_date DESC NULLS LAST, notification_id
LIMIT $max_rows
