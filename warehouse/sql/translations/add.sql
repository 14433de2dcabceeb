-- Adds one Chinese rendering of a title; the same one of the same translator twice is one row.
INSERT INTO title_translations
SELECT
    $translation_id AS translation_id,
    n.notification_id,
    coalesce(n.symbols[1], '') AS symbol,
    coalesce(
        (
            SELECT k.measure_key
            FROM measure_keys AS k
            WHERE k.notification_id = $notification_id
            ORDER BY k.rank
            LIMIT 1
        ),
        n.notification_id
    ) AS measure_key,
    n.title,
    n.title_key,
    n.lang,
    $title_zh AS title_zh,
    $bound_to AS bound_to,
    $kind AS kind,
    $translator AS translator,
    $now AS made_at
FROM notifications AS n
WHERE n.notification_id = $notification_id
ON CONFLICT DO NOTHING
