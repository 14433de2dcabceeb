-- Adds a row per limit in $rows, a JSON list: binding long lists one value at a time is slow.
INSERT INTO limits_now BY NAME
SELECT unnest(
    from_json(
        $rows,
        '[{"case_id": "VARCHAR", "started_at": "TIMESTAMPTZ", "event": "VARCHAR", "ordinal": "INTEGER",
        "label": "VARCHAR", "limit_hours": "DOUBLE", "amber_at": "TIMESTAMPTZ", "due_at": "TIMESTAMPTZ",
        "basis": "VARCHAR"}]'
    ),
    recursive := true
)
