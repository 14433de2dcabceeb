-- How often did officers agree with what the machine raised, by its relation and level?
-- title: 机器匹配与人工研判的一致程度
-- param since DATE NULL 只计此日起的研判；不写为全部
WITH latest AS (
    -- the last decision on each pair itself: what was decided of another notification of the measure is another pair
    SELECT *
    FROM main.judgements
    QUALIFY row_number() OVER (PARTITION BY notification_id, line_id ORDER BY judged_at DESC, judgement_id DESC) = 1
),

compared AS (
    SELECT
        latest.verdict,
        latest.relation,
        coalesce(machine.machine_relation, '') AS machine_relation,
        coalesce(machine.machine_match_level, '') AS machine_match_level
    FROM latest
    LEFT JOIN main.matches AS machine USING (notification_id, line_id)
    WHERE $since::DATE IS NULL OR (latest.judged_at AT TIME ZONE 'Asia/Shanghai')::DATE >= $since::DATE
)

SELECT
    machine_relation,
    machine_match_level,
    machine_relation NOT IN ('', 'none') AND machine_match_level NOT IN ('', 'none') AS is_raised,
    count(*) AS n_judged,
    count(*) FILTER (verdict = 'confirmed') AS n_confirmed,
    count(*) FILTER (verdict = 'rejected') AS n_rejected,
    -- confirmed, but as something else than the machine said
    count(*) FILTER (verdict = 'confirmed' AND relation <> machine_relation) AS n_other_relation,
    -- of the pairs judged: officers look at what was raised, so this is no measure of what was missed
    CASE WHEN is_raised THEN round(100 * n_confirmed / n_judged, 1) END AS precision_percent
FROM compared
GROUP BY machine_relation, machine_match_level
ORDER BY n_judged DESC, machine_relation ASC, machine_match_level ASC
