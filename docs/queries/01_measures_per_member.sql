-- Which members notified most, and how many of their measures concern the city's exporters?
SELECT
    members.member_code,
    reference.name_zh,
    count(DISTINCT members.notification_id) AS n_notifications,
    count(DISTINCT matches.notification_id) AS n_relevant
FROM notification_members AS members
LEFT JOIN ref_members AS reference ON members.member_code = reference.member_code
LEFT JOIN matches
    ON
        members.notification_id = matches.notification_id
        AND matches.relation <> 'none'
        AND matches.match_level <> 'none'
GROUP BY members.member_code, reference.name_zh
ORDER BY n_notifications DESC, members.member_code ASC
