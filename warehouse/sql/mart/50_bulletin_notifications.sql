-- One row per document symbol that the bulletin of a month counts (件), with the landing file that it came in.
CREATE VIEW mart.bulletin_notifications AS
SELECT
    date_trunc('month', counted.distribution_date)::DATE AS month,
    strftime(counted.distribution_date, '%Y-%m') AS report_month,
    counted.symbol,
    counted.measure,
    counted.notification_id,
    counted.area,
    counted.member_code,
    coalesce(members.name_zh, counted.member_code) AS member_zh,
    counted.kind,
    counted.is_emergency,
    n.title,
    coalesce(titles.title_zh, '') AS title_zh,
    counted.distribution_date,
    lineage.source,
    lineage.source_title,
    lineage.source_key,
    lineage.content_hash,
    lineage.version_number,
    lineage.first_seen_at,
    lineage.run_id,
    lineage.landing_folder,
    lineage.landing_file
FROM main.counted_symbols AS counted
INNER JOIN main.notifications AS n USING (notification_id)
LEFT JOIN main.ref_members AS members ON counted.member_code = members.member_code
LEFT JOIN main.best_titles AS titles ON counted.notification_id = titles.notification_id
LEFT JOIN (
    -- of several records the one that names the symbol, then the one of the highest standing
    SELECT
        l.* EXCLUDE (symbol),
        counted_too.symbol
    FROM main.counted_symbols AS counted_too
    INNER JOIN mart.lineage AS l USING (notification_id)
    WHERE l.is_current
    QUALIFY
        row_number() OVER (
            PARTITION BY counted_too.symbol
            ORDER BY
                list_contains(string_split(l.symbols_text, '、'), counted_too.symbol) DESC,
                l.priority DESC,
                l.first_seen_at DESC,
                l.source DESC,
                l.source_key DESC
        ) = 1
) AS lineage ON counted.symbol = lineage.symbol
WHERE counted.distribution_date IS NOT NULL;
COMMENT ON COLUMN mart.bulletin_notifications.month IS 'First day of the month that counts it.';
COMMENT ON COLUMN mart.bulletin_notifications.report_month IS 'Month that counts it, YYYY-MM.';
COMMENT ON COLUMN mart.bulletin_notifications.member_zh IS 'Chinese name of the member.';
COMMENT ON COLUMN mart.bulletin_notifications.title_zh IS 'Title in Chinese; empty where none is known.';
COMMENT ON COLUMN mart.bulletin_notifications.source IS
'Source of the record that states it: the one that names the symbol, of the highest priority.';
COMMENT ON COLUMN mart.bulletin_notifications.source_title IS 'Name of the source, in Chinese.';
COMMENT ON COLUMN mart.bulletin_notifications.version_number IS
'Version of the record, in the order in which they were first shown.';
COMMENT ON COLUMN mart.bulletin_notifications.first_seen_at IS 'First collection of this version (UTC).';
COMMENT ON COLUMN mart.bulletin_notifications.run_id IS 'Run that brought this version first.';
COMMENT ON COLUMN mart.bulletin_notifications.landing_folder IS
'Landing folder that brought this version first, below the home.';
COMMENT ON COLUMN mart.bulletin_notifications.landing_file IS
'Landing file in it, below the home; empty where it was loaded before 0.2.';
COMMENT ON COLUMN mart.bulletin_notifications.source_key IS 'Key of the record within its source.';
COMMENT ON COLUMN mart.bulletin_notifications.content_hash IS
'SHA-256 of fields and payload of this version, as in the landing file.';
COMMENT ON COLUMN mart.bulletin_notifications.symbol IS 'Document symbol; the notification_id where it has none.';
COMMENT ON COLUMN mart.bulletin_notifications.notification_id IS 'Notification that it is counted by.';
COMMENT ON COLUMN mart.bulletin_notifications.area IS
'TBT or SPS after the symbol, else as the source says; empty where unknown.';
COMMENT ON COLUMN mart.bulletin_notifications.member_code IS
'Member that the symbol names, of a joint notification one.';
