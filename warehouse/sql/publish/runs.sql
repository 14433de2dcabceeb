-- One row per execution of a step, without what a person typed in words.
CREATE TABLE runs AS
SELECT
    * EXCLUDE (names) REPLACE (
        -- a list of what may be seen: an argument that is new is left out until it stands here
        json_merge_patch(
            to_json(
                map_from_entries(
                    list_filter(
                        map_entries(arguments::MAP(VARCHAR, JSON)), -- noqa: CP05, LT01
                        lambda given: -- noqa: CP01
                        given.key IN ('landing', 'month', 'since', 'until', 'before', 'limit', 'full') -- noqa: RF01
                    )
                )
            ),
            -- people name files
            CASE
                WHEN arguments ->> '$.file' IS NULL THEN '{}'
                ELSE json_object(
                    'file',
                    warehouse.published_words(
                        warehouse.without_names(arguments ->> '$.file', names), getvariable('firm_names')
                    )
                )
            END
        ) AS arguments
    )
FROM warehouse.runs
CROSS JOIN (
    SELECT CASE WHEN getvariable('firm_names') THEN [] ELSE names END AS names
    FROM warehouse.listed_names
) AS said;
COMMENT ON COLUMN runs.arguments IS
'What the step was asked to do: file, landing, month, since, until, before, limit, full; other arguments are left out.';
