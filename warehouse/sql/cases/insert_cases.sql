-- Opens cases; those that are open already stay as they are.
INSERT INTO cases BY NAME
SELECT
    unnest(
        from_json(
            $rows, '[{"case_id": "VARCHAR", "clock_started_at": "TIMESTAMPTZ", "is_backfill": "BOOLEAN"}]'
        ),
        recursive := true
    ),
    $policy_version AS policy_version,
    $now AS opened_at
ON CONFLICT DO NOTHING
