-- One row per row of the table named by the variable target whose notification is in notification_years. Rows of a
-- notification that is no more count as undated where that is among the years asked for.
SELECT
    rows_of.*,
    years.distribution_part
FROM query_table(getvariable('target')) AS rows_of
INNER JOIN notification_years AS years USING (notification_id)
UNION ALL
SELECT
    rows_of.*,
    'undated' AS distribution_part
FROM query_table(getvariable('target')) AS rows_of
WHERE
    (getvariable('parts') IS NULL OR list_contains(getvariable('parts')::VARCHAR[], 'undated'))
    AND rows_of.notification_id IN (
        SELECT notification_id
        FROM query_table(getvariable('target'))
        ANTI JOIN notifications USING (notification_id)
    )
