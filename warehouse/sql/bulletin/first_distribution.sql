-- One row: the earliest distribution date on record; before it there is no history to compare with.
SELECT min(distribution_date) AS first_day
FROM notifications
WHERE channel = 'wto'
