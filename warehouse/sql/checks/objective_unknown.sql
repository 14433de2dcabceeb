-- 通报目的不在词表中（按原文显示）
-- severity: info
WITH known AS (
    SELECT
        lower(trim(name)) AS name,
        lower(trim(regexp_replace(name, '\([^)]*\)$', ''))) AS bare
    FROM read_csv(getvariable('seeds') || '/objectives.csv', header = true, all_varchar = true)
)

SELECT
    notification_id,
    objective
FROM (
    SELECT
        notification_id,
        unnest(objectives) AS objective,
        -- as warehouse.reference.objective_zh reads it: case, width of spaces and the area do not count
        lower(trim(regexp_replace(replace(objective, chr(160), ' '), '\s+', ' ', 'g'))) AS folded
    FROM notifications
) AS listed
WHERE
    folded NOT IN (SELECT name FROM known)
    AND trim(regexp_replace(folded, '\([^)]*\)$', '')) NOT IN (SELECT bare FROM known)
