-- What did we know at one moment (on 15 June), and what is different now?
-- title: 某一时刻已知的通报，与现在对照
-- param moment TIMESTAMPTZ - 时刻，如 2026-06-15；不写时区的按北京时间
WITH earlier AS (
    SELECT *
    FROM mart.notifications_as_of($moment::TIMESTAMPTZ)
)

SELECT
    coalesce(present.notification_id, earlier.notification_id) AS notification_id,
    coalesce(present.symbols[1], earlier.symbols[1], '') AS symbol,
    CASE
        WHEN earlier.notification_id IS NULL THEN '此后新采集'
        -- the source gave its record another number
        WHEN present.notification_id IS NULL THEN '已不存在'
        WHEN earlier.content_hash <> present.content_hash THEN '内容有变'
        ELSE '相同'
    END AS difference,
    earlier.title AS title_then,
    present.title AS title_now,
    earlier.comment_deadline AS deadline_then,
    present.comment_deadline AS deadline_now,
    earlier.n_versions AS versions_then,
    present.n_versions AS versions_now,
    difference <> '相同' AS has_changed
FROM earlier
FULL JOIN main.notifications AS present ON earlier.notification_id = present.notification_id
ORDER BY has_changed DESC, difference ASC, symbol ASC, notification_id ASC
