-- How often did officers agree with what the machine raised, by its relation and level?
-- title: 机器匹配与人工研判的一致程度
-- param since DATE NULL 只计此日起的研判；不写为全部
SELECT
    machine_relation,
    machine_match_level,
    count(*) AS n_judged,
    count(*) FILTER (verdict = 'confirmed') AS n_confirmed,
    count(*) FILTER (verdict = 'rejected') AS n_rejected,
    -- confirmed, but as something else than the machine said
    count(*) FILTER (verdict = 'confirmed' AND relation <> machine_relation) AS n_other_relation,
    -- of the pairs judged: officers look at what was raised, so this is no measure of what was missed
    round(100 * n_confirmed / n_judged, 1) AS precision_percent
FROM mart.matches
WHERE
    verdict <> 'unjudged'
    AND is_judged_here
    AND ($since::DATE IS NULL OR (judged_at AT TIME ZONE 'Asia/Shanghai')::DATE >= $since::DATE)
GROUP BY machine_relation, machine_match_level
ORDER BY n_judged DESC, machine_relation ASC, machine_match_level ASC
