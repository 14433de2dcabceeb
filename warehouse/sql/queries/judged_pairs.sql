-- One row per pair that officers decided on, with the latest decision.
SELECT
    notification_id,
    line_id,
    relation
FROM judgements
QUALIFY row_number() OVER (PARTITION BY notification_id, line_id ORDER BY judged_at DESC, rowid DESC) = 1
ORDER BY notification_id, line_id
