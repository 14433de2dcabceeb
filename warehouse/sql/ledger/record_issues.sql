-- Adds issues, or marks known ones as seen again.
INSERT INTO issues
SELECT
    unnest($issue_id),
    unnest($code),
    unnest($severity),
    unnest($message),
    unnest($next_step),
    $source,
    unnest($file_name),
    unnest($row_number),
    unnest($field_name),
    unnest($field_value),
    unnest($subject),
    $run_id,
    $now,
    $now
ON CONFLICT (issue_id) DO UPDATE SET
    message = excluded.message,
    next_step = excluded.next_step,
    run_id = excluded.run_id,
    last_seen_at = excluded.last_seen_at
