-- At most one row: the hash of drafted file $file_name of $report_month as it was written.
SELECT sha256
FROM bulletins
WHERE report_month = $report_month AND file_name = $file_name
