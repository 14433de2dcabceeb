-- 通报目的不在词表中（按原文显示）
-- severity: info
WITH known AS (
    SELECT
        lower(trim(name)) AS name,
        lower(trim(regexp_replace(name, '\([^)]*\)$', ''))) AS bare
    FROM read_csv(getvariable('seeds') || '/objectives.csv', header = true, all_varchar = true)
),

-- a handful of wordings stands in all of them: each is looked at once
unknown AS (
    SELECT objective
    FROM (
        SELECT
            objective,
            -- as warehouse.reference.objective_zh reads it: case, width of spaces and the area do not count
            lower(trim(regexp_replace(replace(objective, chr(160), ' '), '\s+', ' ', 'g'))) AS folded
        FROM (
            SELECT DISTINCT unnest(objectives) AS objective
            FROM notifications
        ) AS wordings
    ) AS listed
    WHERE
        folded NOT IN (SELECT name FROM known)
        AND trim(regexp_replace(folded, '\([^)]*\)$', '')) NOT IN (SELECT bare FROM known)
)

SELECT
    notification_id,
    objective
FROM (
    SELECT
        notification_id,
        unnest(objectives) AS objective
    FROM notifications
    WHERE list_has_any(objectives, (SELECT list(objective) FROM unknown))
) AS stated
SEMI JOIN unknown USING (objective)
