-- One row per drafted Word file: the texts as they went out, to tell what an officer changed.
CREATE TABLE bulletin_baselines (
    report_month VARCHAR NOT NULL,
    drafted_at TIMESTAMPTZ NOT NULL,
    is_restricted BOOLEAN NOT NULL,
    outline VARCHAR NOT NULL,
    PRIMARY KEY (report_month, drafted_at, is_restricted)
);
COMMENT ON TABLE bulletin_baselines IS
'One row per drafted Word file: the texts as they went out, to tell what an officer changed.';
COMMENT ON COLUMN bulletin_baselines.report_month IS 'Month reported on, YYYY-MM (Asia/Shanghai).';
COMMENT ON COLUMN bulletin_baselines.drafted_at IS 'Moment of the draft (UTC), in the properties of the file.';
COMMENT ON COLUMN bulletin_baselines.is_restricted IS 'Whether it is the version that names firms.';
COMMENT ON COLUMN bulletin_baselines.outline IS 'Controls and paragraphs as JSON (reports.editing.outline).';
