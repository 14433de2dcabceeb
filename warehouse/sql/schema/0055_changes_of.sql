-- One row per field that a source changed, of the versions and turns in the tables or views named: whole records, in
-- the form of raw_notifications and notification_turns. Few records ever change: only those are taken apart.
CREATE MACRO changes_of(versions, turns) AS TABLE
    WITH changed AS (
        SELECT
            source,
            source_key
        FROM query_table(versions)
        GROUP BY source, source_key
        HAVING count(*) > 1
    ),

    stated AS (
        -- what a reader sees of a notification, as text: a date or a list that changed is told like a word that changed
        SELECT
            source,
            source_key,
            notification_id,
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
        FROM query_table(versions)
        SEMI JOIN changed USING (source, source_key)
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
                content_hash,
                unnest(map_entries(to_json(stated)::MAP(VARCHAR, VARCHAR))) AS field -- noqa: CP05, LT01
            FROM stated
        ) AS listed
        WHERE field.key NOT IN ('source', 'source_key', 'notification_id', 'content_hash')
    ),

    -- what a source showed from turn to turn: a version may come back, and of two in one collection only one ever held
    succession AS (
        SELECT
            fields.*,
            shown.turned_at,
            shown.run_id,
            lag(fields.field_value) OVER earlier AS old_value,
            fields.field_value AS new_value
        FROM query_table(turns) AS shown
        INNER JOIN fields
            ON
                shown.source = fields.source
                AND shown.source_key = fields.source_key
                AND shown.content_hash = fields.content_hash
        WINDOW earlier AS (PARTITION BY fields.source, fields.source_key, fields.field_name ORDER BY shown.turn)
    )

    SELECT
        notification_id,
        source,
        source_key,
        field_name,
        old_value,
        new_value,
        turned_at AS changed_at,
        run_id
    FROM succession
    WHERE old_value <> new_value;
COMMENT ON MACRO TABLE changes_of IS 'One row per field that a source changed, of the versions in the table named.'; -- noqa: PRS
