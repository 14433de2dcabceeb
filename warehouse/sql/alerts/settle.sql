-- Writes down what an officer found out of a mail in doubt, or that a mail that ended goes out again.
UPDATE mails
SET
    state = $state,
    settled_by = $actor,
    detail = $detail,
    next_attempt_at = NULL,
    -- a mail that was written to a file arrives when the officer sends it, one in doubt when it was handed over; what a
    -- server took, or an officer said before, keeps its moment
    accepted_at = CASE
        WHEN $state <> 'accepted' THEN NULL
        WHEN state = 'accepted' AND smtp_code IS NULL AND settled_by = '' THEN $now
        ELSE coalesce(accepted_at, attempted_at)
    END,
    queued_at = CASE WHEN $state = 'queued' THEN $now ELSE queued_at END,
    n_attempts = CASE WHEN $state = 'queued' THEN 0 ELSE n_attempts END,
    ended_at = CASE WHEN $state = 'failed' THEN $now END
WHERE mail_id = $mail_id AND list_contains($from_states::VARCHAR[], state)
RETURNING mail_id
