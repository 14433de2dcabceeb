-- One row per pair that the machine weighed, as the machine sees it.
SELECT
    notification_id,
    line_id,
    relation,
    score,
    reason
FROM matches
