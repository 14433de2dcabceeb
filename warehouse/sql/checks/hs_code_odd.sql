-- HS编码位数为奇数（缺一位，只能按前几位统计）
-- severity: info
SELECT
    notification_id,
    hs_code
FROM (
    SELECT
        notification_id,
        unnest(hs_codes) AS hs_code
    FROM notifications
) AS listed
WHERE len(hs_code) % 2 = 1
