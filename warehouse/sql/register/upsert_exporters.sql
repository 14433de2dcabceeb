-- Takes over the firms of the imported list.
INSERT INTO exporters BY NAME
SELECT
    *,
    $now AS first_listed_at,
    $now AS last_listed_at,
    NULL AS closed_at
FROM listed_exporters
ON CONFLICT (exporter_id) DO UPDATE SET
    name = excluded.name,
    short_name = excluded.short_name,
    credit_code = excluded.credit_code,
    district = excluded.district,
    industry_chain = excluded.industry_chain,
    subscription = excluded.subscription,
    is_negotiation_key = excluded.is_negotiation_key,
    is_survey_sample = excluded.is_survey_sample,
    last_listed_at = excluded.last_listed_at,
    closed_at = NULL
