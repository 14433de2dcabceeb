-- One row per scored pair of notification and product line; replaced when either changes.
CREATE TABLE matches (
    notification_id VARCHAR NOT NULL,
    line_id VARCHAR NOT NULL,
    relation VARCHAR NOT NULL CHECK (relation IN ('direct', 'indirect', 'none')),
    score DOUBLE NOT NULL CHECK (score BETWEEN 0 AND 1),
    match_level VARCHAR NOT NULL CHECK (match_level IN ('warning', 'watch', 'reference', 'none')),
    reason VARCHAR NOT NULL,
    sells_to_member BOOLEAN NOT NULL,
    model_version VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    matched_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (notification_id, line_id)
);
COMMENT ON TABLE matches IS 'One row per scored pair of notification and product line; replaced when either changes.';
COMMENT ON COLUMN matches.notification_id IS 'Notification.';
COMMENT ON COLUMN matches.line_id IS 'Product line.';
COMMENT ON COLUMN matches.relation IS
'direct: the line is a covered product; indirect: a material, component or sub-system of one; none: not relevant.';
COMMENT ON COLUMN matches.score IS 'Confidence of the machine, 0 to 1, rising.';
COMMENT ON COLUMN matches.match_level IS 'warning (预警), watch (关注), reference (参考) or none.';
COMMENT ON COLUMN matches.reason IS 'Why, in one Chinese sentence.';
COMMENT ON COLUMN matches.sells_to_member IS 'Whether the line is sold to a notifying member; not part of the score.';
COMMENT ON COLUMN matches.model_version IS 'Encoder, rules and policy that gave the score.';
COMMENT ON COLUMN matches.run_id IS 'Run that scored the pair.';
COMMENT ON COLUMN matches.matched_at IS 'When the pair was scored (UTC).';
