-- Which firms have comment deadlines that end within the next days?
-- title: 近期截止评议的通报，按企业
-- param days INTEGER 30 多少天以内
SELECT
    matches.exporter_id,
    matches.exporter_name,
    matches.industry_chain,
    count(DISTINCT matches.notification_id) AS n_notifications,
    min(deadlines.due_date) AS first_deadline,
    min(deadlines.days_left) AS days_left,
    string_agg(DISTINCT matches.symbol, '、' ORDER BY matches.symbol) AS symbols
FROM mart.matches AS matches
INNER JOIN mart.deadlines AS deadlines USING (notification_id)
WHERE
    matches.is_raised
    AND matches.is_line_open
    AND deadlines.deadline_kind = 'comment'
    AND NOT deadlines.is_superseded
    AND deadlines.days_left BETWEEN 0 AND $days::INTEGER
GROUP BY matches.exporter_id, matches.exporter_name, matches.industry_chain
ORDER BY first_deadline ASC, n_notifications DESC, matches.exporter_id ASC
