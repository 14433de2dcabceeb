-- One row per version of a record of $notification_ids: the facts that a bulletin prints, the earliest first.
SELECT
    source,
    source_key,
    notification_id,
    first_seen_at,
    symbols,
    member_names,
    title,
    comment_deadline,
    comment_deadline_text,
    adoption_date,
    adoption_text,
    entry_into_force_date,
    entry_into_force_text
FROM raw_notifications
WHERE
    (source, source_key) IN (
        SELECT
            raw.source,
            raw.source_key
        FROM raw_notifications AS raw
        WHERE raw.notification_id IN (SELECT unnest($notification_ids))
    )
ORDER BY source, source_key, first_seen_at, content_hash
