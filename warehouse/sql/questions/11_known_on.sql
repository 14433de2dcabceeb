-- What did we know at one moment (on 15 June), and what is different now?
-- title: 某一时刻已知的通报，与现在对照
-- param moment TIMESTAMPTZ - 时刻，如 2026-06-15；不写时区的按北京时间
SELECT
    earlier.symbols[1] AS symbol,
    earlier.title AS title_then,
    earlier.comment_deadline AS deadline_then,
    present.comment_deadline AS deadline_now,
    earlier.n_versions AS versions_then,
    present.n_versions AS versions_now,
    versions_now > versions_then AS has_changed
FROM mart.notifications_as_of($moment::TIMESTAMPTZ) AS earlier
LEFT JOIN mart.notifications AS present USING (notification_id)
ORDER BY has_changed DESC NULLS FIRST, symbol ASC
