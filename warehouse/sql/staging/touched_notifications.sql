-- One row per touched notification, merged from the current version of each of its source records.
WITH touched_records AS (
    SELECT DISTINCT
        source,
        source_key
    FROM raw_notifications
    WHERE notification_id IN (FROM touched)
),

current_keys AS (
    -- keys alone first: a sort of whole rows would hold every text in memory; and over all versions of a record, so
    -- that one which moved to another notification_id does not come back here
    SELECT
        source,
        source_key,
        arg_max(rowid, (last_load, coalesce(row_number, 0), content_hash)) AS place
    FROM raw_notifications
    SEMI JOIN touched_records USING (source, source_key)
    GROUP BY source, source_key
),

current_versions AS (
    SELECT
        raw.*,
        -- nothing here changes when a version is merely seen again: a rebuild gives the same answer
        (sources.priority, raw.first_seen_at, raw.source, raw.source_key) AS standing
    FROM raw_notifications AS raw
    INNER JOIN sources USING (source)
    -- read by their places: whoever looks for them in whole rows reads every text of the history
    WHERE raw.rowid IN (SELECT place FROM current_keys) AND raw.notification_id IN (FROM touched)
),

history AS (
    SELECT
        notification_id,
        count(DISTINCT content_hash)::INTEGER AS n_versions,
        min(first_seen_at) AS first_seen_at,
        max(last_seen_at) AS last_seen_at
    FROM raw_notifications
    WHERE notification_id IN (FROM touched)
    GROUP BY notification_id
)

-- each field from the source of the highest standing that states it
SELECT
    notification_id,
    coalesce(arg_max(symbols, standing) FILTER (len(symbols) > 0), []) AS symbols,
    arg_max(channel, standing) AS channel,
    coalesce(arg_max(area, standing) FILTER (area <> ''), '') AS area,
    coalesce(arg_max(kind, standing) FILTER (kind <> 'unknown'), 'unknown') AS kind,
    bool_or(is_emergency) AS is_emergency,
    coalesce(arg_max(notification_type, standing) FILTER (notification_type <> ''), '') AS notification_type,
    list_sort(list_distinct(flatten(list(member_names)))) AS member_names,
    list_sort(list_distinct(flatten(list(member_codes)))) AS member_codes,
    arg_max(distribution_date, standing) FILTER (distribution_date IS NOT NULL) AS distribution_date,
    arg_max(comment_deadline, standing) FILTER (comment_deadline IS NOT NULL) AS comment_deadline,
    coalesce(arg_max(comment_deadline_text, standing) FILTER (comment_deadline_text <> ''), '')
        AS comment_deadline_text,
    arg_max(adoption_date, standing) FILTER (adoption_date IS NOT NULL) AS adoption_date,
    coalesce(arg_max(adoption_text, standing) FILTER (adoption_text <> ''), '') AS adoption_text,
    arg_max(entry_into_force_date, standing) FILTER (entry_into_force_date IS NOT NULL) AS entry_into_force_date,
    coalesce(arg_max(entry_into_force_text, standing) FILTER (entry_into_force_text <> ''), '')
        AS entry_into_force_text,
    coalesce(arg_max(title, standing) FILTER (title <> ''), '') AS title,
    coalesce(arg_max(description, standing) FILTER (description <> ''), '') AS description,
    coalesce(arg_max(products_text, standing) FILTER (products_text <> ''), '') AS products_text,
    coalesce(arg_max(hs_codes, standing) FILTER (len(hs_codes) > 0), []) AS hs_codes,
    coalesce(arg_max(ics_codes, standing) FILTER (len(ics_codes) > 0), []) AS ics_codes,
    coalesce(arg_max(objectives, standing) FILTER (len(objectives) > 0), []) AS objectives,
    coalesce(arg_max(keywords, standing) FILTER (len(keywords) > 0), []) AS keywords,
    coalesce(arg_max(affected_regions, standing) FILTER (affected_regions <> ''), '') AS affected_regions,
    coalesce(arg_max(lang, standing) FILTER (lang <> ''), '') AS lang,
    coalesce(arg_max(url, standing) FILTER (url <> ''), '') AS url,
    coalesce(arg_max(document_links, standing) FILTER (len(document_links) > 0), []) AS document_links,
    coalesce(arg_max(notification_links, standing) FILTER (cardinality(notification_links) > 0), MAP {}) -- noqa: CP02, LT01, LT05
        AS notification_links,
    sha256(string_agg(content_hash, ',' ORDER BY content_hash)) AS content_hash,
    any_value(history.n_versions) AS n_versions,
    any_value(history.first_seen_at) AS first_seen_at,
    any_value(history.last_seen_at) AS last_seen_at,
    title_key(coalesce(arg_max(title, standing) FILTER (title <> ''), '')) AS title_key
FROM current_versions
INNER JOIN history USING (notification_id)
GROUP BY notification_id
