-- One row per document symbol distributed from $first_day to $last_day; a notification without a symbol counts once.
SELECT
    counted.symbol,
    counted.measure,
    counted.area,
    counted.kind,
    counted.is_emergency,
    counted.member_code,
    n.hs_codes,
    n.ics_codes,
    n.objectives,
    counted.n_symbols
FROM counted_symbols AS counted
INNER JOIN notifications AS n USING (notification_id)
WHERE counted.distribution_date BETWEEN $first_day AND $last_day
ORDER BY counted.symbol
