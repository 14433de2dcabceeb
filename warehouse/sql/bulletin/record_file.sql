-- Records a drafted file.
INSERT INTO bulletins
VALUES ($report_month, $file_name, $sha256, 'draft', $run_id, $now)
ON CONFLICT (report_month, file_name) DO UPDATE SET
    sha256 = excluded.sha256, run_id = excluded.run_id, generated_at = excluded.generated_at
