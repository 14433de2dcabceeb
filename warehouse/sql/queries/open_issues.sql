-- One row per error or warning, errors first.
SELECT
    severity, code, message, next_step, source, file_name, row_number, field_name, subject, last_seen_at
FROM issues
WHERE severity <> 'info'
ORDER BY severity, source, file_name, row_number, field_name
