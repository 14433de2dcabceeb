-- Where does what we know of one notification come from: which source, which run, which landing file?
-- title: 一件通报的数据来源：来源、运行、落地文件
-- param symbol VARCHAR - 通报文号
SELECT
    source_title,
    source_key,
    version_number,
    is_current,
    first_seen_at,
    run_id,
    run_step,
    input_file,
    row_number,
    landing_folder,
    landing_file,
    content_hash
FROM mart.lineage
WHERE
    notification_id = $symbol::VARCHAR
    -- also one of the symbols of a joint notification
    OR notification_id IN (
        SELECT named.notification_id FROM main.notification_symbols AS named WHERE named.symbol = $symbol::VARCHAR
    )
ORDER BY source ASC, source_key ASC, version_number ASC
