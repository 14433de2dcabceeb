-- Writes down what an alert says that did not go out yet: facts may have changed since it was queued.
UPDATE alerts
SET
    is_reviewed = $is_reviewed,
    match_level = $match_level,
    line_ids = $line_ids,
    comment_deadline = $comment_deadline,
    adoption_date = $adoption_date,
    entry_into_force_date = $entry_into_force_date
WHERE alert_id = $alert_id
