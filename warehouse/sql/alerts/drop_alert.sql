-- Takes an alert out of a mail that did not go out yet: it is not told, and may be told again later.
DELETE FROM alerts
WHERE alert_id = $alert_id
