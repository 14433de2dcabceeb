-- One row per released issue; a withdrawn one keeps its numbers.
CREATE TABLE bulletin_issues (
    overall INTEGER PRIMARY KEY CHECK (overall > 0),
    report_month VARCHAR NOT NULL,
    year INTEGER NOT NULL,
    in_year INTEGER NOT NULL CHECK (in_year > 0),
    released_at TIMESTAMPTZ NOT NULL,
    released_by VARCHAR NOT NULL,
    in_spite_of VARCHAR NOT NULL,
    facts_sha256 VARCHAR NOT NULL,
    facts VARCHAR NOT NULL,
    facts_restricted VARCHAR NOT NULL,
    tool_version VARCHAR NOT NULL,
    snapshot VARCHAR NOT NULL,
    snapshot_sha256 VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    UNIQUE (year, in_year)
);
COMMENT ON TABLE bulletin_issues IS 'One row per released issue; a withdrawn one keeps its numbers.';
COMMENT ON COLUMN bulletin_issues.overall IS 'Number over all years (总期号), never used again.';
COMMENT ON COLUMN bulletin_issues.report_month IS 'Month reported on, YYYY-MM (Asia/Shanghai).';
COMMENT ON COLUMN bulletin_issues.year IS 'Year of the month reported on, in which in_year counts.';
COMMENT ON COLUMN bulletin_issues.in_year IS 'Number within the year (年度期号), never used again.';
COMMENT ON COLUMN bulletin_issues.released_at IS 'When (UTC).';
COMMENT ON COLUMN bulletin_issues.released_by IS 'Officer who released it.';
COMMENT ON COLUMN bulletin_issues.in_spite_of IS
'What stood against it and why it was released all the same; empty where nothing did.';
COMMENT ON COLUMN bulletin_issues.facts_sha256 IS 'SHA-256 of facts.';
COMMENT ON COLUMN bulletin_issues.facts IS 'What the public version says, as canonical JSON (reports.bulletin.frozen).';
COMMENT ON COLUMN bulletin_issues.facts_restricted IS 'What the restricted version says, as canonical JSON.';
COMMENT ON COLUMN bulletin_issues.tool_version IS 'Version of the program.';
COMMENT ON COLUMN bulletin_issues.snapshot IS 'Published copy that holds the data of the issue; it is kept.';
COMMENT ON COLUMN bulletin_issues.snapshot_sha256 IS 'SHA-256 of the published copy.';
COMMENT ON COLUMN bulletin_issues.run_id IS 'Run that released it.';
