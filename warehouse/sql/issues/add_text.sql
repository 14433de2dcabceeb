-- Adds a text after all others.
INSERT INTO bulletin_texts
SELECT
    coalesce(max(seq), 0) + 1 AS seq,
    $report_month AS report_month,
    $slot AS slot,
    $case_id AS case_id,
    $text AS text,
    $written_by AS written_by,
    $now AS written_at,
    $source_file AS source_file
FROM bulletin_texts
