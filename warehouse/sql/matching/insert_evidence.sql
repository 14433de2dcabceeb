-- Adds the evidence of scored pairs.
INSERT INTO match_evidence BY NAME
SELECT
    unnest(
        from_json(
            $rows,
            '[{
                "notification_id": "VARCHAR", "line_id": "VARCHAR", "ordinal": "INTEGER", "kind": "VARCHAR",
                "detail": "VARCHAR", "notification_text": "VARCHAR", "line_text": "VARCHAR",
                "evidence_value": "DOUBLE"
            }]'
        ),
        recursive := true
    )
