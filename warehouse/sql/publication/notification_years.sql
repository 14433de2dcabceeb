-- One row per notification whose year of distribution, or undated, is in the variable parts (NULL: all).
CREATE OR REPLACE TEMP TABLE notification_years AS
SELECT
    notification_id,
    coalesce(strftime(distribution_date, '%Y'), 'undated') AS distribution_part
FROM notifications
WHERE
    getvariable('parts') IS NULL
    OR list_contains(getvariable('parts')::VARCHAR[], coalesce(strftime(distribution_date, '%Y'), 'undated'))
