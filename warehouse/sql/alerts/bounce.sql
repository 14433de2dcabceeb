-- Writes down that a mail which a server had taken came back.
UPDATE mails
SET
    state = $state,
    smtp_status = $smtp_status,
    detail = $detail,
    next_attempt_at = $next_attempt_at,
    ended_at = CASE WHEN $state = 'bounced' THEN $occurred_at END
WHERE mail_id = $mail_id AND state IN ('accepted', 'in-doubt', 'sending')
RETURNING mail_id
