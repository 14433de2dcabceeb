-- One row per field that a source changed from one version of a record to the next.
CREATE VIEW mart.field_changes AS
SELECT
    changes.notification_id,
    coalesce(n.symbol, '') AS symbol,
    coalesce(n.members_zh, '') AS members_zh,
    coalesce(n.title, '') AS title,
    coalesce(n.title_zh, '') AS title_zh,
    changes.source,
    sources.title AS source_title,
    changes.source_key,
    changes.field_name,
    coalesce(words.name_zh, changes.field_name) AS field_zh,
    changes.old_value,
    changes.new_value,
    changes.changed_at,
    (changes.changed_at AT TIME ZONE 'Asia/Shanghai')::DATE AS changed_on,
    changes.run_id
FROM main.notification_changes AS changes
LEFT JOIN mart.notifications AS n USING (notification_id)
LEFT JOIN main.sources AS sources USING (source)
LEFT JOIN mart.vocabulary AS words ON words.field = 'field_name' AND changes.field_name = words.code;
COMMENT ON COLUMN mart.field_changes.notification_id IS 'Notification.';
COMMENT ON COLUMN mart.field_changes.symbol IS 'First document symbol as it stands now; empty where it has none.';
COMMENT ON COLUMN mart.field_changes.source IS 'Source that changed its record.';
COMMENT ON COLUMN mart.field_changes.source_title IS 'Name of the source, in Chinese.';
COMMENT ON COLUMN mart.field_changes.source_key IS 'Key of the record within its source.';
COMMENT ON COLUMN mart.field_changes.field_name IS 'Field, as in notifications.';
COMMENT ON COLUMN mart.field_changes.field_zh IS 'Field in Chinese.';
COMMENT ON COLUMN mart.field_changes.changed_on IS 'Office day (Asia/Shanghai) of the change.';
COMMENT ON COLUMN mart.field_changes.run_id IS 'Run that showed the new value; empty where that is not known.';
