-- Which specific trade concerns (特别贸易关注) are about measures that concern the city's firms?
-- title: 特别贸易关注及涉及本市企业的通报
-- param ours BOOLEAN false 只看涉及本市企业的
WITH stated AS (
    SELECT
        concern_id,
        unnest(symbols) AS symbol
    FROM main.concerns
)

SELECT
    concerns.concern_id,
    concerns.title,
    array_to_string(concerns.responding_members, '、') AS responding,
    array_to_string(concerns.raising_members, '、') AS raising,
    concerns.first_raised,
    concerns.last_raised,
    concerns.n_times_raised,
    count(DISTINCT notifications.notification_id) AS n_collected,
    count(DISTINCT notifications.notification_id) FILTER (notifications.n_lines > 0) AS n_concerning_us,
    coalesce(max(notifications.n_firms), 0) AS most_firms,
    string_agg(DISTINCT named.symbol, '、' ORDER BY named.symbol) AS symbols
FROM main.concerns AS concerns
LEFT JOIN stated USING (concern_id)
LEFT JOIN main.notification_symbols AS named ON stated.symbol = named.symbol
LEFT JOIN mart.notifications AS notifications USING (notification_id)
GROUP BY ALL
HAVING NOT $ours::BOOLEAN OR n_concerning_us > 0
ORDER BY n_concerning_us DESC, concerns.last_raised DESC NULLS LAST, concerns.concern_id ASC
