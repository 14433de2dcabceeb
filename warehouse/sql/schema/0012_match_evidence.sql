-- One row per reason behind a match.
CREATE TABLE match_evidence (
    notification_id VARCHAR NOT NULL,
    line_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    notification_text VARCHAR NOT NULL,
    line_text VARCHAR NOT NULL,
    evidence_value DOUBLE NOT NULL,
    PRIMARY KEY (notification_id, line_id, ordinal)
);
COMMENT ON TABLE match_evidence IS 'One row per reason behind a match.';
COMMENT ON COLUMN match_evidence.notification_id IS 'Notification.';
COMMENT ON COLUMN match_evidence.line_id IS 'Product line.';
COMMENT ON COLUMN match_evidence.ordinal IS 'Order of the reasons, from 1.';
COMMENT ON COLUMN match_evidence.kind IS 'Kind of evidence: hs, ics, term, semantic, market, ...';
COMMENT ON COLUMN match_evidence.detail IS 'The reason as a Chinese clause.';
COMMENT ON COLUMN match_evidence.notification_text IS 'Text of the notification that it rests on.';
COMMENT ON COLUMN match_evidence.line_text IS 'Text of the product line that it rests on.';
COMMENT ON COLUMN match_evidence.evidence_value IS 'Value of the feature, 0 to 1.';
