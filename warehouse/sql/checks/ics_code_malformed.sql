-- ICS编码格式不正确（应如 67、67.060、67.060.10）
-- severity: warning
SELECT
    notification_id,
    ics_code
FROM (
    SELECT
        notification_id,
        unnest(ics_codes) AS ics_code
    FROM notifications
) AS listed
WHERE NOT regexp_full_match(ics_code, '[0-9]{2}(\.[0-9]{3}(\.[0-9]{2})?)?')
