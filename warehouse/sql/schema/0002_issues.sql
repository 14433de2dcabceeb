-- One row per distinct thing in the input that a person should look at.
CREATE TABLE issues (
    issue_id VARCHAR PRIMARY KEY,
    code VARCHAR NOT NULL,
    severity VARCHAR NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
    message VARCHAR NOT NULL,
    next_step VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    row_number INTEGER,
    field_name VARCHAR NOT NULL,
    field_value VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE issues IS 'One row per distinct thing in the input that a person should look at.';
COMMENT ON COLUMN issues.issue_id IS
'Hash of code, source, file, row, field, value and subject: the same finding twice is one row.';
COMMENT ON COLUMN issues.code IS 'Stable name of the kind of finding, e.g. hs-code-malformed.';
COMMENT ON COLUMN issues.severity IS 'error: a row or field was lost; warning: changed or doubtful; info: a remark.';
COMMENT ON COLUMN issues.message IS 'What is wrong, in Chinese.';
COMMENT ON COLUMN issues.next_step IS 'What to do, in Chinese.';
COMMENT ON COLUMN issues.source IS 'Source or register that the input belongs to.';
COMMENT ON COLUMN issues.file_name IS 'Name of the file, without its folder; empty where there is none.';
COMMENT ON COLUMN issues.row_number IS 'Row as the spreadsheet program counts it (1-based); NULL where there is none.';
COMMENT ON COLUMN issues.field_name IS 'Column header or field name, as it stands in the input.';
COMMENT ON COLUMN issues.field_value IS 'The offending value, shortened.';
COMMENT ON COLUMN issues.subject IS 'notification_id or exporter_id that the finding is about, where known.';
COMMENT ON COLUMN issues.run_id IS 'Run that found it last.';
COMMENT ON COLUMN issues.first_seen_at IS 'First found (UTC).';
COMMENT ON COLUMN issues.last_seen_at IS 'Last found (UTC).';
