-- One row per day from $first_day to $last_day on which a document symbol was distributed.
SELECT DISTINCT distribution_date
FROM counted_symbols
WHERE distribution_date BETWEEN $first_day AND $last_day
ORDER BY distribution_date
