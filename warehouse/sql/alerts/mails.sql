-- One row per mail of the outbox.
SELECT *
FROM mails
ORDER BY queued_at, mail_id
