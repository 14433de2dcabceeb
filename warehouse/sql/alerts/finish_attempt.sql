-- Writes down how an attempt ended.
UPDATE alerts
SET
    state = $state,
    smtp_code = $smtp_code,
    detail = $detail,
    accepted_at = CASE WHEN $state = 'accepted' THEN $now END
WHERE alert_id = $alert_id
