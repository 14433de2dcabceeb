-- Which texts did members notify jointly (EAC, GCC), under how many symbols?
-- title: 多个成员联合通报的文本（东非共同体、海合会等）
-- param group_code VARCHAR:group NULL 集团代码，如 EAC、GCC；只看其中至少两个成员联合通报的；不写为全部
WITH of_group AS (
    SELECT
        members.notification_id,
        count(*) AS n_of_group
    FROM main.notification_members AS members
    INNER JOIN main.notifications AS notifications USING (notification_id)
    INNER JOIN main.ref_member_groups AS groups
        ON
            members.member_code = groups.member_code
            -- as the group was when it notified
            AND coalesce(notifications.distribution_date >= groups.joined_on, TRUE)
            AND coalesce(notifications.distribution_date < groups.left_on, TRUE)
    WHERE groups.group_code = $group_code::VARCHAR
    GROUP BY members.notification_id
)

SELECT
    notifications.symbol,
    notifications.n_symbols,
    len(notifications.member_codes) AS n_members,
    of_group.n_of_group,
    notifications.members_zh,
    notifications.distribution_date,
    notifications.comment_deadline,
    coalesce(nullif(notifications.title_zh, ''), notifications.title) AS title,
    notifications.symbols_text
FROM mart.notifications AS notifications
LEFT JOIN of_group USING (notification_id)
WHERE notifications.is_joint AND ($group_code::VARCHAR IS NULL OR of_group.n_of_group >= 2)
ORDER BY notifications.distribution_date DESC NULLS LAST, notifications.symbol ASC
