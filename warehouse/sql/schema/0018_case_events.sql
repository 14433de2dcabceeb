-- One row per thing that happened to a case: append-only; the state of a case is derived from its events.
CREATE TABLE case_events (
    event_id VARCHAR PRIMARY KEY,
    case_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN (
        'collected', 'screened', 'amended', 'judged', 'concluded', 'assigned', 'told', 'notified',
        'undelivered', 'advised', 'comment-decided', 'comment-requested', 'comment-received', 'comment-submitted',
        'comment-answered', 'concern-linked', 'concern-proposed', 'consulted', 'impact-reported', 'noted', 'explained',
        'escalated', 'superseded', 'closed', 'reopened', 'restarted'
    )),
    code VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    actor VARCHAR NOT NULL,
    detail VARCHAR NOT NULL
);
COMMENT ON TABLE case_events IS
'One row per thing that happened to a case: append-only; the state of a case is derived from its events.';
COMMENT ON COLUMN case_events.event_id IS 'Hash of case, kind and what caused it: the same happening twice is one row.';
COMMENT ON COLUMN case_events.case_id IS 'Case.';
COMMENT ON COLUMN case_events.kind IS 'What happened; docs/cases.md says what each kind means.';
COMMENT ON COLUMN case_events.code IS
'What a machine reads of it: conclusion, owner, decision, cause, addressee, firm, loss:cost:firm (万元); else empty.';
COMMENT ON COLUMN case_events.occurred_at IS 'When it happened (UTC).';
COMMENT ON COLUMN case_events.recorded_at IS 'When it was written down (UTC).';
COMMENT ON COLUMN case_events.actor IS 'machine, or who did it.';
COMMENT ON COLUMN case_events.detail IS 'What happened, in the words of who wrote it down.';
