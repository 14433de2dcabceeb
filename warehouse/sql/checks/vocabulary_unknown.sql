-- 通报的渠道、领域或类型不在词表中
-- severity: error
SELECT
    notification_id,
    channel,
    area,
    kind
FROM notifications
WHERE
    channel NOT IN (
        SELECT channel FROM read_csv(getvariable('seeds') || '/channels.csv', header = true, all_varchar = true)
    )
    OR kind NOT IN (
        SELECT kind FROM read_csv(getvariable('seeds') || '/notification_kinds.csv', header = true, all_varchar = true)
    )
    OR area NOT IN ('TBT', 'SPS', '')
