-- Notes an incoming mail as read.
INSERT INTO inbound_mails
VALUES ($inbound_key, $kind, $received_at, $now, $mail_id, $contact_id, $smtp_status, $detail)
ON CONFLICT DO NOTHING
RETURNING inbound_key
