-- The keys of incoming mails that were read before.
SELECT inbound_key
FROM inbound_mails
