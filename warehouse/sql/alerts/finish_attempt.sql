-- Writes down how an attempt ended.
UPDATE mails
SET
    state = $state,
    n_attempts = n_attempts + CASE WHEN state = 'sending' THEN 0 ELSE 1 END,
    attempted_at = $now,
    smtp_code = $smtp_code,
    smtp_status = $smtp_status,
    detail = $detail,
    next_attempt_at = $next_attempt_at,
    accepted_at = CASE WHEN $state = 'accepted' THEN $now END,
    ended_at = CASE WHEN $state IN ('failed', 'in-doubt', 'withdrawn') THEN $now END
WHERE mail_id = $mail_id AND state IN ('queued', 'sending', 'retry')
