-- One row per firm; its name and credit code only where the settings allow names.
CREATE TABLE exporters AS
SELECT
    exporter_id,
    CASE WHEN getvariable('firm_names') THEN name ELSE '' END AS name,
    CASE WHEN getvariable('firm_names') THEN credit_code ELSE '' END AS credit_code,
    district,
    industry_chain,
    is_negotiation_key,
    is_survey_sample,
    first_listed_at,
    last_listed_at,
    closed_at
FROM warehouse.exporters;
