-- One row per notification that was known at `moment` (TIMESTAMPTZ), as the sources showed it then.
CREATE MACRO mart.notifications_as_of(moment) AS TABLE
    WITH shown AS (
        -- the version of each record that held then; a record may have moved to another notification since
        SELECT
            source,
            source_key,
            arg_max(content_hash, turn) AS content_hash
        FROM main.notification_turns
        WHERE turned_at <= moment
        GROUP BY source, source_key
    ),

    current_versions AS (
        SELECT
            v.*,
            -- the same order as when notifications are built
            (sources.priority, v.first_seen_at, v.source, v.source_key) AS standing
        FROM main.notification_versions AS v
        INNER JOIN shown USING (source, source_key, content_hash)
        INNER JOIN main.sources AS sources USING (source)
    ),

    history AS (
        SELECT
            notification_id,
            count(DISTINCT content_hash)::INTEGER AS n_versions, -- noqa: CP05
            min(first_seen_at) AS first_seen_at
        FROM main.notification_versions
        WHERE first_seen_at <= moment
        GROUP BY notification_id
    )

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
        any_value(history.first_seen_at) AS first_seen_at
    FROM current_versions
    INNER JOIN history USING (notification_id)
    GROUP BY notification_id;
