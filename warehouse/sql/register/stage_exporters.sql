-- One row per firm of the imported list.
CREATE OR REPLACE TEMP TABLE listed_exporters AS
SELECT
    unnest($exporter_id::VARCHAR[]) AS exporter_id,
    unnest($name::VARCHAR[]) AS name,
    unnest($short_name::VARCHAR[]) AS short_name,
    unnest($credit_code::VARCHAR[]) AS credit_code,
    unnest($district::VARCHAR[]) AS district,
    unnest($industry_chain::VARCHAR[]) AS industry_chain,
    unnest($subscription::VARCHAR[]) AS subscription,
    unnest($is_negotiation_key::BOOLEAN[]) AS is_negotiation_key,
    unnest($is_survey_sample::BOOLEAN[]) AS is_survey_sample
