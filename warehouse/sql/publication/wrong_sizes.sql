-- One row per table that is brought up to date by notification and has not as many rows as its origin.
SELECT sizes.table_name
FROM (
    SELECT 'notifications' AS table_name, (SELECT count(*) FROM warehouse.notifications) AS n_rows
    UNION ALL
    SELECT 'notification_versions', (SELECT count(*) FROM warehouse.raw_notifications)
    UNION ALL
    SELECT 'notification_symbols', (SELECT count(*) FROM warehouse.notification_symbols)
    UNION ALL
    SELECT 'matched_notifications', (SELECT count(*) FROM warehouse.matched_notifications)
    UNION ALL
    SELECT 'match_evidence', (SELECT count(*) FROM warehouse.match_evidence)
    UNION ALL
    SELECT 'matches', (SELECT count(*) FROM warehouse.effective_matches)
) AS sizes
ANTI JOIN (
    SELECT 'notifications' AS table_name, (SELECT count(*) FROM published.notifications) AS n_rows
    UNION ALL
    SELECT 'notification_versions', (SELECT count(*) FROM published.notification_versions)
    UNION ALL
    SELECT 'notification_symbols', (SELECT count(*) FROM published.notification_symbols)
    UNION ALL
    SELECT 'matched_notifications', (SELECT count(*) FROM published.matched_notifications)
    UNION ALL
    SELECT 'match_evidence', (SELECT count(*) FROM published.match_evidence)
    UNION ALL
    SELECT 'matches', (SELECT count(*) FROM published.matches)
) AS copied USING (table_name, n_rows)
