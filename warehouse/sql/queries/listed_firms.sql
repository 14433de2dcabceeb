-- One row per firm that was ever listed, with what names it.
SELECT
    name,
    short_name,
    credit_code
FROM exporters
ORDER BY exporter_id
