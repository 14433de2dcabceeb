-- One row per firm; its name and credit code only where the settings allow names.
CREATE TABLE exporters AS
SELECT
    warehouse.published_key(exporter_id, getvariable('firm_names')) AS exporter_id,
    CASE
        WHEN getvariable('firm_names') THEN warehouse.published_words(name, true)
        ELSE ''
    END AS name,
    CASE
        WHEN NOT getvariable('firm_names') THEN ''
        -- a code has as many digits as a telephone number
        WHEN regexp_full_match(credit_code, '[0-9A-Z]{18}') THEN credit_code
        ELSE warehouse.published_words(credit_code, true)
    END AS credit_code,
    warehouse.published_words(
        warehouse.without_names(district, names), getvariable('firm_names')
    ) AS district,
    warehouse.published_words(
        warehouse.without_names(industry_chain, names), getvariable('firm_names')
    ) AS industry_chain,
    is_negotiation_key,
    is_survey_sample,
    first_listed_at,
    last_listed_at,
    closed_at
FROM warehouse.exporters
CROSS JOIN (
    SELECT CASE WHEN getvariable('firm_names') THEN [] ELSE names END AS names
    FROM warehouse.listed_names
) AS said;
COMMENT ON COLUMN exporters.exporter_id IS
'The city''s number of the firm (企业编号); a short hash where the list had an address, a number or a name there.';
