-- One row per distinct thing in the input that a person should look at; what firms and officers typed is left out.
CREATE TABLE issues AS
SELECT
    i.* REPLACE (
        CASE
            WHEN origin.is_public THEN warehouse.without_names(warehouse.without_addresses(message), said.names)
            WHEN getvariable('firm_names') AND source <> 'exporters' THEN warehouse.published_words(message, true)
            ELSE ''
        END AS message,
        CASE
            WHEN origin.is_public THEN warehouse.without_names(warehouse.without_addresses(next_step), said.names)
            ELSE warehouse.published_words(
                warehouse.without_names(next_step, said.names), getvariable('firm_names')
            )
        END AS next_step,
        CASE
            WHEN origin.is_crawl THEN file_name
            -- people name files
            WHEN getvariable('firm_names') OR origin.is_public
                THEN warehouse.published_words(
                    warehouse.without_names(file_name, said.names), getvariable('firm_names')
                )
            ELSE ''
        END AS file_name,
        CASE
            WHEN origin.is_public THEN warehouse.without_names(warehouse.without_addresses(field_name), said.names)
            -- the header of a column that is known, where another may be anything
            WHEN getvariable('firm_names') OR (source = 'exporters' AND code NOT LIKE 'column-%')
                THEN warehouse.published_words(
                    warehouse.without_names(field_name, said.names), getvariable('firm_names')
                )
            ELSE ''
        END AS field_name,
        CASE
            WHEN origin.is_public THEN warehouse.without_names(warehouse.without_addresses(field_value), said.names)
            WHEN getvariable('firm_names') AND source <> 'exporters' THEN warehouse.published_words(field_value, true)
            ELSE ''
        END AS field_value,
        CASE
            WHEN origin.is_public THEN warehouse.without_names(warehouse.without_addresses(subject), said.names)
            ELSE warehouse.published_key(subject, getvariable('firm_names'))
        END AS subject
    )
FROM warehouse.issues AS i
INNER JOIN (
    SELECT
        listed.issue_id,
        coalesce(runs.step = 'crawl', false) AS is_crawl,
        -- a list of what may be seen: what was collected is public, and these words are all ours
        listed.source IN (SELECT sources.source FROM warehouse.sources)
        OR coalesce(runs.step = 'crawl', false)
        OR listed.code IN ('workdays-unknown', 'month-released') AS is_public
    FROM warehouse.issues AS listed
    LEFT JOIN warehouse.runs AS runs USING (run_id)
) AS origin USING (issue_id)
CROSS JOIN (
    SELECT CASE WHEN getvariable('firm_names') THEN [] ELSE names END AS names
    FROM warehouse.listed_names
) AS said;
COMMENT ON COLUMN issues.message IS
'What is wrong, in Chinese. Of the firms'' list always empty; of what officers typed unless the settings allow names.';
COMMENT ON COLUMN issues.file_name IS
'Name of the file, without its folder; of the firms'' list and officers'' files only where names are allowed.';
COMMENT ON COLUMN issues.field_name IS
'Column header or field name, as it stands in the input; of officers'' files only where the settings allow names.';
COMMENT ON COLUMN issues.field_value IS
'The offending value, shortened. Of the firms'' list always empty; of what officers typed unless names are allowed.';
COMMENT ON COLUMN issues.subject IS
'notification_id or exporter_id that the finding is about, where known.';
