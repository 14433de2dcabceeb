-- Adds a file of an issue.
INSERT INTO bulletin_issue_files
VALUES ($overall, $file_name, $sha256)
