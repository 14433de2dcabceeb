-- One row per issue that was withdrawn.
CREATE TABLE bulletin_withdrawals (
    overall INTEGER PRIMARY KEY,
    withdrawn_at TIMESTAMPTZ NOT NULL,
    withdrawn_by VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);
COMMENT ON TABLE bulletin_withdrawals IS 'One row per issue that was withdrawn.';
COMMENT ON COLUMN bulletin_withdrawals.overall IS 'Issue.';
COMMENT ON COLUMN bulletin_withdrawals.withdrawn_at IS 'When (UTC).';
COMMENT ON COLUMN bulletin_withdrawals.withdrawn_by IS 'Officer who withdrew it.';
COMMENT ON COLUMN bulletin_withdrawals.reason IS 'Why.';
