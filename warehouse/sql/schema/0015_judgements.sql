-- One row per decision of an officer on a pair; never deleted, the latest one holds.
CREATE TABLE judgements (
    judgement_id VARCHAR PRIMARY KEY,
    notification_id VARCHAR NOT NULL,
    line_id VARCHAR NOT NULL,
    verdict VARCHAR NOT NULL CHECK (verdict IN ('confirmed', 'rejected')),
    relation VARCHAR NOT NULL CHECK (relation IN ('direct', 'indirect', 'none')),
    reason VARCHAR NOT NULL,
    judged_by VARCHAR NOT NULL,
    judged_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE judgements IS 'One row per decision of an officer on a pair; never deleted, the latest one holds.';
COMMENT ON COLUMN judgements.judgement_id IS 'Identifier of the decision.';
COMMENT ON COLUMN judgements.notification_id IS 'Notification.';
COMMENT ON COLUMN judgements.line_id IS 'Product line.';
COMMENT ON COLUMN judgements.verdict IS 'confirmed or rejected.';
COMMENT ON COLUMN judgements.relation IS 'Relation that the officer found; none when rejected.';
COMMENT ON COLUMN judgements.reason IS 'Why, in the officer''s words.';
COMMENT ON COLUMN judgements.judged_by IS 'Who decided (post or name as given on the command line).';
COMMENT ON COLUMN judgements.judged_at IS 'When (UTC).';
