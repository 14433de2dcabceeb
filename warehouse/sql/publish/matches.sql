-- One row per pair of notification and product line, with the officer's latest decision above the machine's.
CREATE TABLE matches AS
SELECT
    * EXCLUDE (judged_by, machine_reason, product_name, published_name) REPLACE (
        warehouse.published_key(exporter_id, getvariable('firm_names')) AS exporter_id,
        warehouse.published_product(
            warehouse.published_reason(reason, machine_reason, getvariable('firm_names')),
            product_name,
            published_name
        ) AS reason,
        coalesce(machine_relation, '') AS machine_relation,
        coalesce(machine_match_level, '') AS machine_match_level
    )
FROM warehouse.effective_matches
LEFT JOIN (
    SELECT
        notification_id,
        line_id,
        relation AS machine_relation,
        match_level AS machine_match_level,
        reason AS machine_reason
    FROM warehouse.matches
) AS machine USING (notification_id, line_id)
LEFT JOIN warehouse.published_lines(getvariable('firm_names')) USING (line_id)
SEMI JOIN changed_matches USING (notification_id);
COMMENT ON COLUMN matches.reason IS
'Why: the machine''s words; the officer''s where there are any, left out (empty) unless firms'' names are allowed.';
COMMENT ON COLUMN matches.machine_relation IS
'Relation that the machine found, whatever an officer decided; empty where it did not score the pair.';
COMMENT ON COLUMN matches.machine_match_level IS 'Level that the machine gave; empty where it did not score the pair.';
