-- What did a source change in its records, field by field?
-- title: 来源对通报记录的修改，逐项对照
-- param symbol VARCHAR NULL 通报文号；不写为全部
-- param since DATE NULL 只看此日起发现的修改；不写为全部
SELECT
    symbol,
    changed_at,
    source_title,
    field_name,
    field_zh,
    old_value,
    new_value
FROM mart.field_changes
WHERE
    (
        $symbol::VARCHAR IS NULL
        OR notification_id = $symbol::VARCHAR
        -- also one of the symbols of a joint notification
        OR notification_id IN (
            SELECT named.notification_id FROM main.notification_symbols AS named WHERE named.symbol = $symbol::VARCHAR
        )
    )
    AND ($since::DATE IS NULL OR changed_on >= $since::DATE)
ORDER BY changed_at DESC, symbol ASC, field_name ASC
