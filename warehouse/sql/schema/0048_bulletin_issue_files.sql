-- One row per file of a released issue.
CREATE TABLE bulletin_issue_files (
    overall INTEGER NOT NULL,
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    PRIMARY KEY (overall, file_name)
);
COMMENT ON TABLE bulletin_issue_files IS 'One row per file of a released issue.';
COMMENT ON COLUMN bulletin_issue_files.overall IS 'Issue.';
COMMENT ON COLUMN bulletin_issue_files.file_name IS 'Name of the file under reports/YYYY-MM/正式.';
COMMENT ON COLUMN bulletin_issue_files.sha256 IS 'SHA-256 of the file.';
