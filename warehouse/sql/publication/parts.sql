-- One row per year of distribution of the notifications in the table that the variable scope names, or undated.
SELECT DISTINCT coalesce(strftime(n.distribution_date, '%Y'), 'undated') AS part
FROM (
    SELECT notification_id
    FROM query_table(getvariable('scope'))
) AS changed
LEFT JOIN published.notifications AS n ON changed.notification_id = n.notification_id
