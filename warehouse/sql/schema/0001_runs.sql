-- One row per execution of a step: the ledger that says what ran, when, on what and how it ended.
CREATE TABLE runs (
    run_id VARCHAR PRIMARY KEY,
    step VARCHAR NOT NULL,
    source VARCHAR NOT NULL DEFAULT '',
    arguments JSON NOT NULL,
    tool_version VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    outcome VARCHAR NOT NULL CHECK (outcome IN ('running', 'done', 'findings', 'failed')),
    counts JSON NOT NULL
);
COMMENT ON TABLE runs IS
'One row per execution of a step: the ledger that says what ran, when, on what and how it ended.';
COMMENT ON COLUMN runs.run_id IS 'Sortable identifier: start in UTC and a random tail.';
COMMENT ON COLUMN runs.step IS 'Name of the step, as on the command line: import-notifications, match, cases, ...';
COMMENT ON COLUMN runs.source IS 'Source of an import or crawl; empty for other steps.';
COMMENT ON COLUMN runs.arguments IS 'What the step was asked to do (file names without folders, options).';
COMMENT ON COLUMN runs.tool_version IS 'Version of tbtwatch that ran.';
COMMENT ON COLUMN runs.started_at IS 'Start (UTC).';
COMMENT ON COLUMN runs.finished_at IS 'End (UTC); NULL while running or after a kill.';
COMMENT ON COLUMN runs.outcome IS 'running, done, findings (done, with issues to look at) or failed.';
COMMENT ON COLUMN runs.counts IS 'What the step counted, by name.';
