-- Marks a mail as handed over, right before the server can take it for whole: from here on there is doubt.
UPDATE mails
SET state = 'sending', transport = $transport, attempted_at = $now, n_attempts = n_attempts + 1, next_attempt_at = NULL
WHERE mail_id = $mail_id AND state IN ('queued', 'retry')
RETURNING mail_id
