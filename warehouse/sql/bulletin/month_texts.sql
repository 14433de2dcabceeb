-- One row per notification distributed from $first_day to $last_day with its words, China's own left out.
SELECT
    coalesce(n.symbols[1], n.notification_id) AS measure,
    n.title,
    n.description,
    n.products_text,
    n.keywords
FROM notifications AS n
WHERE
    n.distribution_date BETWEEN $first_day AND $last_day
    AND n.channel = 'wto'
    AND NOT (len(n.member_codes) = 1 AND n.member_codes[1] = 'CHN')
ORDER BY n.notification_id
