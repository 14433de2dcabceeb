-- Adds scored pairs.
INSERT INTO matches BY NAME
SELECT
    unnest(
        from_json(
            $rows,
            '[{
                "notification_id": "VARCHAR", "line_id": "VARCHAR", "relation": "VARCHAR", "score": "DOUBLE",
                "match_level": "VARCHAR", "reason": "VARCHAR", "sells_to_member": "BOOLEAN"
            }]'
        ),
        recursive := true
    ),
    $model_version AS model_version,
    $run_id AS run_id,
    $now AS matched_at
