-- One row per case: a measure (symbol family) that concerns at least one exporter.
CREATE TABLE cases (
    case_id VARCHAR PRIMARY KEY,
    clock_started_at TIMESTAMPTZ NOT NULL,
    is_backfill BOOLEAN NOT NULL,
    policy_version VARCHAR NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE cases IS 'One row per case: a measure (symbol family) that concerns at least one exporter.';
COMMENT ON COLUMN cases.case_id IS
'Symbol of the measure (with revisions, without addenda and corrigenda), else the notification_id.';
COMMENT ON COLUMN cases.clock_started_at IS
'First successful collection of the measure (UTC): the 72-hour clock starts here.';
COMMENT ON COLUMN cases.is_backfill IS
'Collected long after distribution (补录): shown and counted apart, not in the rate.';
COMMENT ON COLUMN cases.policy_version IS
'Response policy that the case is measured by; a later policy does not rewrite it.';
COMMENT ON COLUMN cases.opened_at IS 'When the case was opened (UTC).';
