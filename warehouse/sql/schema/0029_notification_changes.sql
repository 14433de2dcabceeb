-- One row per field that a source changed from one version of a record to the next.
CREATE VIEW notification_changes AS
WITH stated AS (
    -- what a reader sees of a notification, as text: a date or a list that changed is told like a word that changed
    SELECT
        source,
        source_key,
        notification_id,
        run_id,
        first_seen_at,
        content_hash,
        channel,
        array_to_string(symbols, '、') AS symbols,
        area,
        kind,
        notification_type,
        array_to_string(member_names, '、') AS member_names,
        strftime(distribution_date, '%Y-%m-%d') AS distribution_date,
        strftime(comment_deadline, '%Y-%m-%d') AS comment_deadline,
        comment_deadline_text,
        strftime(adoption_date, '%Y-%m-%d') AS adoption_date,
        adoption_text,
        strftime(entry_into_force_date, '%Y-%m-%d') AS entry_into_force_date,
        entry_into_force_text,
        title,
        description,
        products_text,
        array_to_string(hs_codes, '、') AS hs_codes,
        array_to_string(ics_codes, '、') AS ics_codes,
        array_to_string(objectives, '、') AS objectives,
        array_to_string(keywords, '、') AS keywords,
        affected_regions,
        url,
        array_to_string(document_links, ' ') AS document_links
    FROM raw_notifications
),

fields AS (
    SELECT
        * EXCLUDE (field),
        field.key AS field_name,
        coalesce(field.value, '') AS field_value
    FROM (
        SELECT
            source,
            source_key,
            notification_id,
            run_id,
            first_seen_at,
            content_hash,
            unnest(map_entries(to_json(stated)::MAP(VARCHAR, VARCHAR))) AS field -- noqa: LT01
        FROM stated
    ) AS listed
    WHERE field.key NOT IN ('source', 'source_key', 'notification_id', 'run_id', 'first_seen_at', 'content_hash')
),

succession AS (
    SELECT
        *,
        lag(field_value) OVER earlier AS old_value,
        field_value AS new_value
    FROM fields
    WINDOW earlier AS (PARTITION BY source, source_key, field_name ORDER BY first_seen_at, content_hash)
)

SELECT
    notification_id,
    source,
    source_key,
    field_name,
    old_value,
    new_value,
    first_seen_at AS changed_at,
    run_id
FROM succession
WHERE old_value <> new_value;
COMMENT ON VIEW notification_changes IS
'One row per field that a source changed from one version of a record to the next.';
COMMENT ON COLUMN notification_changes.notification_id IS 'Notification.';
COMMENT ON COLUMN notification_changes.source IS 'Source that changed its record.';
COMMENT ON COLUMN notification_changes.source_key IS 'Key of the record within its source.';
COMMENT ON COLUMN notification_changes.field_name IS 'Field, as in notifications.';
COMMENT ON COLUMN notification_changes.old_value IS 'What it said before, as text; empty where nothing.';
COMMENT ON COLUMN notification_changes.new_value IS 'What it says since, as text; empty where nothing.';
COMMENT ON COLUMN notification_changes.changed_at IS 'First collection of the new version (UTC).';
COMMENT ON COLUMN notification_changes.run_id IS 'Run that brought the new version.';
