-- One row per pair of notification and product line, with the officer's latest decision above the machine's.
CREATE TABLE matches AS
SELECT
    * EXCLUDE (judged_by) REPLACE (
        warehouse.without_addresses(reason) AS reason,
        coalesce(machine_relation, '') AS machine_relation,
        coalesce(machine_match_level, '') AS machine_match_level
    )
FROM warehouse.effective_matches
LEFT JOIN (
    SELECT
        notification_id,
        line_id,
        relation AS machine_relation,
        match_level AS machine_match_level
    FROM warehouse.matches
) AS machine USING (notification_id, line_id)
SEMI JOIN changed_matches USING (notification_id);
COMMENT ON COLUMN matches.machine_relation IS
'Relation that the machine found, whatever an officer decided; empty where it did not score the pair.';
COMMENT ON COLUMN matches.machine_match_level IS 'Level that the machine gave; empty where it did not score the pair.';
