-- One row: the number of the load that begins now.
SELECT coalesce(max(last_load), 0) + 1 AS load_number
FROM (
    SELECT max(last_load) AS last_load
    FROM raw_notifications
    UNION ALL
    SELECT max(last_load)
    FROM raw_concerns
    UNION ALL
    SELECT max(last_load)
    FROM raw_titles
) AS loads
