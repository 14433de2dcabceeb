-- One row per pair of notification and product line, the officer's latest decision above the machine's.
CREATE VIEW effective_matches AS
WITH latest_judgements AS (
    -- what an officer decided of a pair holds for the whole measure: its addenda, joint symbols, the published draft
    SELECT
        family.notification_id,
        judgements.notification_id AS judged_notification_id,
        judgements.* EXCLUDE (notification_id)
    FROM judgements
    INNER JOIN measure_keys AS own USING (notification_id)
    INNER JOIN measure_keys AS family USING (measure_key)
    QUALIFY
        row_number() OVER (
            PARTITION BY family.notification_id, judgements.line_id
            ORDER BY judgements.judged_at DESC, judgements.rowid DESC
        ) = 1
)

SELECT
    coalesce(matches.notification_id, judged.notification_id) AS notification_id,
    coalesce(matches.line_id, judged.line_id) AS line_id,
    lines.exporter_id,
    coalesce(judged.relation, matches.relation) AS relation,
    CASE
        WHEN judged.verdict = 'rejected' THEN 'none'
        -- carried over from another notification of the measure to one where the machine passed the pair over
        WHEN matches.line_id IS NULL AND judged.judged_notification_id <> judged.notification_id THEN 'reference'
        -- the machine missed or doubted what the officer confirmed: it is raised at least as 关注
        WHEN judged.verdict = 'confirmed' AND coalesce(matches.match_level, 'none') IN ('none', 'reference')
            THEN 'watch'
        ELSE matches.match_level
    END AS match_level,
    coalesce(
        matches.score, CASE WHEN judged.judged_notification_id = judged.notification_id THEN 1.0 ELSE 0.0 END
    ) AS score,
    coalesce(nullif(judged.reason, ''), matches.reason, '') AS reason,
    coalesce(matches.sells_to_member, FALSE) AS sells_to_member,
    coalesce(judged.verdict, 'unjudged') AS verdict,
    coalesce(judged.judged_by, '') AS judged_by,
    judged.judged_at,
    matches.matched_at
FROM matches
FULL JOIN latest_judgements AS judged USING (notification_id, line_id)
INNER JOIN product_lines AS lines ON lines.line_id = coalesce(matches.line_id, judged.line_id);
COMMENT ON VIEW effective_matches IS
'One row per pair of notification and product line, the officer''s latest decision above the machine''s.';
COMMENT ON COLUMN effective_matches.notification_id IS 'Notification.';
COMMENT ON COLUMN effective_matches.line_id IS 'Product line.';
COMMENT ON COLUMN effective_matches.exporter_id IS 'Firm.';
COMMENT ON COLUMN effective_matches.relation IS 'direct, indirect or none; the officer''s where there is one.';
COMMENT ON COLUMN effective_matches.match_level IS
'warning, watch, reference or none; none when rejected, at least watch when confirmed.';
COMMENT ON COLUMN effective_matches.score IS
'Confidence of the machine, 0 to 1; for a pair that only an officer found 1, where it is carried over 0.';
COMMENT ON COLUMN effective_matches.reason IS 'Why: the officer''s words where there are any, else the machine''s.';
COMMENT ON COLUMN effective_matches.sells_to_member IS 'Whether the line is sold to a notifying member.';
COMMENT ON COLUMN effective_matches.verdict IS 'confirmed, rejected or unjudged.';
COMMENT ON COLUMN effective_matches.judged_by IS 'Officer; empty where unjudged.';
COMMENT ON COLUMN effective_matches.judged_at IS 'When the officer decided (UTC).';
COMMENT ON COLUMN effective_matches.matched_at IS 'When the machine scored the pair (UTC).';
