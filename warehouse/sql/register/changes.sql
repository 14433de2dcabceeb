-- One row per field that the imported list changes; contacts are left out, so that no address enters the history.
INSERT INTO register_changes
WITH old_values AS (
    UNPIVOT (
        SELECT
            exporter_id, '' AS line_id, name, short_name, credit_code, district, industry_chain, subscription,
            is_negotiation_key::VARCHAR AS is_negotiation_key, is_survey_sample::VARCHAR AS is_survey_sample,
            CASE WHEN closed_at IS NULL THEN 'listed' ELSE 'closed' END AS standing
        FROM exporters
    ) ON name, short_name, credit_code, district, industry_chain, subscription, is_negotiation_key, is_survey_sample,
    standing
    INTO NAME field_name VALUE field_value
    UNION ALL
    UNPIVOT (
        SELECT
            exporter_id, line_id, product_name, description, hs_code, hs_edition, market_text, note,
            coalesce(annual_export_cny_10k::VARCHAR, '') AS annual_export_cny_10k,
            CASE WHEN closed_at IS NULL THEN 'listed' ELSE 'closed' END AS standing
        FROM product_lines
    ) ON product_name, description, hs_code, hs_edition, market_text, note, annual_export_cny_10k, standing
    INTO NAME field_name VALUE field_value
),

new_values AS (
    UNPIVOT (
        SELECT
            exporter_id, '' AS line_id, name, short_name, credit_code, district, industry_chain, subscription,
            is_negotiation_key::VARCHAR AS is_negotiation_key, is_survey_sample::VARCHAR AS is_survey_sample,
            'listed' AS standing
        FROM listed_exporters
    ) ON name, short_name, credit_code, district, industry_chain, subscription, is_negotiation_key, is_survey_sample,
    standing
    INTO NAME field_name VALUE field_value
    UNION ALL
    UNPIVOT (
        SELECT
            exporter_id, line_id, product_name, description, hs_code, hs_edition, market_text, note,
            coalesce(annual_export_cny_10k::VARCHAR, '') AS annual_export_cny_10k, 'listed' AS standing
        FROM listed_lines
    ) ON product_name, description, hs_code, hs_edition, market_text, note, annual_export_cny_10k, standing
    INTO NAME field_name VALUE field_value
)

SELECT
    $run_id AS run_id,
    $now AS changed_at,
    exporter_id,
    line_id,
    field_name,
    old_values.field_value AS old_value,
    -- an entry that the list no longer carries is closed: only its standing changes
    coalesce(new_values.field_value, 'closed') AS new_value
FROM old_values
FULL JOIN new_values USING (exporter_id, line_id, field_name)
WHERE
    -- new entries are one row ("listed"), not one a field
    (old_values.field_value IS NULL AND field_name = 'standing')
    OR (new_values.field_value IS NULL AND field_name = 'standing' AND old_values.field_value = 'listed')
    OR (old_values.field_value <> new_values.field_value)
