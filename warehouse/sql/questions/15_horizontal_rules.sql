-- Which notifications without any HS code were matched all the same, on which words?
-- title: 没有 HS 编码而匹配到企业的通报（横向法规等）及依据
-- param relation VARCHAR:relation NULL direct 或 indirect；不写为全部
SELECT
    matches.notification_id,
    matches.symbol,
    -- wto, or legislation and recall, which are no notifications
    notifications.channel,
    matches.members_zh,
    -- an addendum often leaves the codes to what it amends
    notifications.kind_zh,
    notifications.ics_codes_text AS ics_codes,
    coalesce(nullif(matches.title_zh, ''), matches.title) AS title,
    count(DISTINCT matches.exporter_id) AS n_firms,
    count(*) FILTER (matches.relation = 'direct') AS n_direct_pairs,
    count(*) FILTER (matches.relation = 'indirect') AS n_indirect_pairs,
    max(matches.score) AS best_score,
    arg_max(matches.quotes_text, matches.score) AS words
FROM mart.matches AS matches
INNER JOIN mart.notifications AS notifications USING (notification_id)
WHERE
    matches.is_raised
    AND NOT matches.has_hs
    AND ($relation::VARCHAR IS NULL OR matches.relation = $relation::VARCHAR)
GROUP BY ALL
ORDER BY n_firms DESC, matches.symbol ASC, matches.notification_id ASC
