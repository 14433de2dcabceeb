-- One row: notifications without a distribution date, which no month counts.
SELECT count(*)::INTEGER AS n
FROM notifications
WHERE distribution_date IS NULL AND channel = 'wto'
