-- One row per file of issue $overall.
SELECT
    file_name,
    sha256
FROM bulletin_issue_files
WHERE overall = $overall
ORDER BY file_name
