-- One row per mail to a firm about a case: the outbox.
CREATE TABLE alerts (
    alert_id VARCHAR PRIMARY KEY,
    case_id VARCHAR NOT NULL,
    case_version INTEGER NOT NULL,
    exporter_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('alert')),
    state VARCHAR NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'retry', 'failed', 'in-doubt')),
    message_id VARCHAR NOT NULL,
    is_reviewed BOOLEAN NOT NULL,
    match_level VARCHAR NOT NULL,
    n_products INTEGER NOT NULL,
    n_attempts INTEGER NOT NULL,
    smtp_code INTEGER,
    detail VARCHAR NOT NULL,
    queued_at TIMESTAMPTZ NOT NULL,
    attempted_at TIMESTAMPTZ,
    accepted_at TIMESTAMPTZ,
    UNIQUE (case_id, case_version, exporter_id, kind)
);
COMMENT ON TABLE alerts IS 'One row per mail to a firm about a case: the outbox.';
COMMENT ON COLUMN alerts.alert_id IS 'Hash of case, version, firm and kind.';
COMMENT ON COLUMN alerts.case_id IS 'Case.';
COMMENT ON COLUMN alerts.case_version IS
'Version of the measure that the mail speaks of; 1 is the first mail about the case.';
COMMENT ON COLUMN alerts.exporter_id IS 'Firm; its addresses stand in contacts.';
COMMENT ON COLUMN alerts.kind IS 'alert.';
COMMENT ON COLUMN alerts.state IS 'queued, sending, accepted, retry, failed or in-doubt.';
COMMENT ON COLUMN alerts.message_id IS 'Message-ID header: the same for every attempt.';
COMMENT ON COLUMN alerts.is_reviewed IS
'Whether an officer confirmed the match; otherwise the mail says that a machine found it.';
COMMENT ON COLUMN alerts.match_level IS 'Highest level among the matched lines.';
COMMENT ON COLUMN alerts.n_products IS 'Number of product lines in the mail.';
COMMENT ON COLUMN alerts.n_attempts IS 'Attempts so far.';
COMMENT ON COLUMN alerts.smtp_code IS 'Last reply code of the server.';
COMMENT ON COLUMN alerts.detail IS 'Last reply or error, without addresses.';
COMMENT ON COLUMN alerts.queued_at IS 'When it was queued (UTC).';
COMMENT ON COLUMN alerts.attempted_at IS 'Last attempt (UTC).';
COMMENT ON COLUMN alerts.accepted_at IS 'When the server or the outbox folder took it (UTC): the delivery evidence.';
