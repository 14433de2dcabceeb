-- One row: the number of the load that begins now.
SELECT coalesce(max(last_load), 0) + 1 AS load_number
FROM raw_notifications
