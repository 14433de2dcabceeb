-- HS编码格式不正确（应为2至10位数字，章号有效）
-- severity: warning
WITH suspect AS (
    -- a whole list at once: few notifications have a code that is no code
    SELECT
        notification_id,
        hs_codes
    FROM notifications
    WHERE
        len(hs_codes) > 0
        AND regexp_matches(
            -- by a sign that stands in no cell of a table
            array_to_string(hs_codes, chr(31)),
            '[^0-9\x1F]|(^|\x1F)[0-9]?(\x1F|$)|[0-9]{11}|(^|\x1F)(00|77)'
        )
)

SELECT
    notification_id,
    hs_code
FROM (
    SELECT
        notification_id,
        unnest(hs_codes) AS hs_code
    FROM suspect
) AS listed
WHERE NOT regexp_full_match(hs_code, '[0-9]{2,10}') OR left(hs_code, 2) IN ('00', '77')
