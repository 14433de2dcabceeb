-- One row per firm that was ever listed.
SELECT
    name,
    credit_code
FROM exporters
ORDER BY exporter_id
