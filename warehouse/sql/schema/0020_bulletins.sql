-- One row per drafted bulletin file.
CREATE TABLE bulletins (
    report_month VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN ('draft')),
    run_id VARCHAR NOT NULL,
    generated_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (report_month, file_name)
);
COMMENT ON TABLE bulletins IS 'One row per drafted bulletin file.';
COMMENT ON COLUMN bulletins.report_month IS 'Month reported on, YYYY-MM (Asia/Shanghai).';
COMMENT ON COLUMN bulletins.file_name IS 'Name of the file under reports/YYYY-MM.';
COMMENT ON COLUMN bulletins.sha256 IS 'SHA-256 of the file.';
COMMENT ON COLUMN bulletins.state IS 'draft: numbers are given at release.';
COMMENT ON COLUMN bulletins.run_id IS 'Run that wrote it.';
COMMENT ON COLUMN bulletins.generated_at IS 'When (UTC).';
