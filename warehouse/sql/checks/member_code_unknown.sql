-- 通报成员代码不在成员表中（没有中文名称）
-- severity: info
SELECT
    notification_id,
    member_code
FROM (
    SELECT
        notification_id,
        unnest(member_codes) AS member_code
    FROM notifications
) AS listed
WHERE member_code NOT IN (
    SELECT code FROM read_csv(getvariable('seeds') || '/wto_members.csv', header = true, all_varchar = true)
)
