-- One row per slot of $report_month with the text that holds; a text that was taken back is left out.
SELECT
    slot,
    case_id,
    text,
    written_by,
    written_at
FROM (
    SELECT *
    FROM bulletin_texts
    WHERE report_month = $report_month
    QUALIFY row_number() OVER (PARTITION BY slot, case_id ORDER BY seq DESC) = 1
) AS latest
WHERE text <> ''
ORDER BY slot, case_id
