-- Replaces what the lexicon makes of the product lines.
INSERT OR REPLACE INTO line_readings BY NAME
SELECT
    unnest(
        from_json(
            $rows,
            '[{
                "line_id": "VARCHAR", "concepts": ["VARCHAR"], "concepts_zh": ["VARCHAR"], "known_by": "VARCHAR",
                "current_codes": ["VARCHAR"]
            }]'
        ),
        recursive := true
    ),
    $now AS read_at
