-- One row per row of the table named by the variable target, of the years in the variable parts (NULL: all).
SELECT
    rows_of.*,
    coalesce(strftime(n.distribution_date, '%Y'), 'undated') AS distribution_part
FROM query_table(getvariable('target')) AS rows_of
LEFT JOIN (SELECT notification_id, distribution_date FROM notifications) AS n USING (notification_id)
WHERE
    getvariable('parts') IS NULL
    OR list_contains(getvariable('parts')::VARCHAR[], coalesce(strftime(n.distribution_date, '%Y'), 'undated'))
