-- One row per notification that concerns a firm: what was raised of it.
CREATE VIEW mart.raised AS
SELECT
    notification_id,
    count(DISTINCT exporter_id)::INTEGER AS n_firms,
    count(*)::INTEGER AS n_lines,
    bool_or(relation = 'direct') AS is_direct,
    bool_or(verdict = 'confirmed') AS is_confirmed,
    arg_min(match_level, list_position(['warning', 'watch', 'reference'], match_level)) AS match_level
FROM main.matches
WHERE relation <> 'none' AND match_level <> 'none'
GROUP BY notification_id;
COMMENT ON COLUMN mart.raised.notification_id IS 'Notification.';
COMMENT ON COLUMN mart.raised.n_firms IS 'Firms that it concerns: relation and level are both not none.';
COMMENT ON COLUMN mart.raised.n_lines IS 'Product lines that it concerns.';
COMMENT ON COLUMN mart.raised.is_direct IS 'Whether it covers a product of one of them, not only what that goes into.';
COMMENT ON COLUMN mart.raised.is_confirmed IS 'Whether an officer confirmed one of the pairs.';
COMMENT ON COLUMN mart.raised.match_level IS 'Highest level among the pairs: warning, watch or reference.';
