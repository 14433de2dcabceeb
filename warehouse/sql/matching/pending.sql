-- One row per notification that was not yet matched as it stands now, with the measure that it amends.
WITH register AS (
    SELECT
        coalesce(
            sha256(
                string_agg(
                    concat_ws('|', line_id, product_name, description, hs_code, hs_edition, market_codes::VARCHAR),
                    ';' ORDER BY line_id
                )
            ),
            ''
        ) AS register_hash
    FROM product_lines
    WHERE closed_at IS NULL
),

standing AS (
    SELECT
        n.notification_id,
        parents.parent_id,
        sha256(concat_ws('|', n.content_hash, parent.content_hash, register.register_hash, $model_version))
            AS fingerprint
    FROM notifications AS n
    CROSS JOIN register
    LEFT JOIN notification_parents AS parents USING (notification_id)
    LEFT JOIN notifications AS parent ON parents.parent_id = parent.notification_id
)

SELECT
    standing.notification_id,
    standing.parent_id,
    standing.fingerprint
FROM standing
LEFT JOIN matched_notifications AS done USING (notification_id)
WHERE done.fingerprint IS DISTINCT FROM standing.fingerprint
ORDER BY standing.notification_id
