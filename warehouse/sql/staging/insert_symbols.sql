-- Adds the symbols of touched notifications with the case root that warehouse.symbols reads from them.
INSERT INTO notification_symbols BY NAME
WITH parsed AS (
    -- JSON, since binding long lists one value at a time is slow
    SELECT
        unnest(
            from_json($rows, '[{"notification_id": "VARCHAR", "symbol": "VARCHAR", "case_root": "VARCHAR"}]'),
            recursive := true
        )
)

-- DISTINCT stands apart: beside a recursive unnest it compares the first column alone
SELECT DISTINCT *
FROM parsed
