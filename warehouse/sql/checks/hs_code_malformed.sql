-- HS编码格式不正确（应为2至10位数字，章号有效）
-- severity: warning
SELECT
    notification_id,
    hs_code
FROM (
    SELECT
        notification_id,
        unnest(hs_codes) AS hs_code
    FROM notifications
) AS listed
WHERE NOT regexp_full_match(hs_code, '[0-9]{2,10}') OR left(hs_code, 2) IN ('00', '77')
