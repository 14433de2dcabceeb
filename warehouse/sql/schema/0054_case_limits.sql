-- One row per case, start of its clock and milestone: until when the response policy wants it done.
CREATE TABLE case_limits (
    case_id VARCHAR NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    event VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    label VARCHAR NOT NULL,
    limit_hours DOUBLE NOT NULL,
    amber_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    basis VARCHAR NOT NULL,
    PRIMARY KEY (case_id, started_at, event)
);
COMMENT ON TABLE case_limits IS
'One row per case, start of its clock and milestone: until when the response policy wants it done.';
COMMENT ON COLUMN case_limits.case_id IS 'Case.';
COMMENT ON COLUMN case_limits.started_at IS
'Start that the hours are counted from (UTC): of the case, or an addendum that may start the clock anew.';
COMMENT ON COLUMN case_limits.event IS 'Kind of case event that meets the milestone: judged, notified, advised.';
COMMENT ON COLUMN case_limits.ordinal IS 'Order of the milestones in the policy, from 1.';
COMMENT ON COLUMN case_limits.label IS 'Name of the milestone, in Chinese.';
COMMENT ON COLUMN case_limits.limit_hours IS 'Hours that the policy gives, natural or working as the policy says.';
COMMENT ON COLUMN case_limits.amber_at IS 'From when it is near its limit (UTC).';
COMMENT ON COLUMN case_limits.due_at IS 'Limit (UTC): met in time up to and including this second.';
COMMENT ON COLUMN case_limits.basis IS
'Hash of the policy and the calendar that it was reckoned by: another one has it reckoned anew.';
