-- One row per year of distribution, or undated, of the notifications that are written anew.
SELECT DISTINCT coalesce(strftime(n.distribution_date, '%Y'), 'undated') AS part
FROM (
    SELECT notification_id
    FROM changed_records
    UNION ALL
    SELECT notification_id
    FROM changed_matches
) AS changed
LEFT JOIN published.notifications AS n ON changed.notification_id = n.notification_id
