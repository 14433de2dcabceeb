-- One row per version of a record that a source has shown: what it stated, and whether it still does.
CREATE VIEW mart.notification_versions AS
SELECT
    lineage.source,
    lineage.source_title,
    lineage.source_key,
    lineage.content_hash,
    lineage.version_number,
    count(*) OVER (PARTITION BY lineage.source, lineage.source_key)::INTEGER AS n_versions,
    lineage.is_current,
    lineage.symbol,
    v.* EXCLUDE (source, source_key, content_hash, run_id, landing_file, row_number, first_row_number),
    array_to_string(v.member_codes, '、') AS members_text,
    array_to_string(v.hs_codes, '、') AS hs_codes_text,
    array_to_string(v.ics_codes, '、') AS ics_codes_text,
    lineage.run_id
FROM mart.lineage
INNER JOIN main.notification_versions AS v USING (source, source_key, content_hash);
COMMENT ON COLUMN mart.notification_versions.source IS 'Source that showed the record.';
COMMENT ON COLUMN mart.notification_versions.source_title IS 'Name of the source, in Chinese.';
COMMENT ON COLUMN mart.notification_versions.version_number IS
'Order in which the versions of the record were first shown, from 1.';
COMMENT ON COLUMN mart.notification_versions.n_versions IS 'Versions of the record in all.';
COMMENT ON COLUMN mart.notification_versions.is_current IS 'Whether the source shows this version now.';
COMMENT ON COLUMN mart.notification_versions.symbol IS
'First document symbol of this version; empty where it has none.';
COMMENT ON COLUMN mart.notification_versions.members_text IS 'Codes of the notifying members, joined with 、.';
COMMENT ON COLUMN mart.notification_versions.hs_codes_text IS 'HS codes as notified, joined with 、.';
COMMENT ON COLUMN mart.notification_versions.ics_codes_text IS 'ICS codes as notified, joined with 、.';
COMMENT ON COLUMN mart.notification_versions.run_id IS 'Run that brought this version first.';
