-- One row per firm of the survey: affected by a case of the period, consulted on one, answering or reporting.
SELECT
    f.exporter_id,
    coalesce(any_value(x.name), '') AS name,
    coalesce(any_value(x.district), '') AS district,
    f.industry_chain,
    f.is_negotiation_key,
    f.is_survey_sample,
    f.is_listed,
    count(*) FILTER (f.is_affected) AS n_cases,
    count(*) FILTER (f.is_confirmed) AS n_confirmed_cases,
    sum(f.n_consultations)::BIGINT AS n_consultations,
    sum(f.n_received)::BIGINT AS n_received,
    count(*) FILTER (f.has_impact) AS n_impact_cases,
    sum(f.loss_cny_10k) AS loss_cny_10k,
    sum(f.cost_cny_10k) AS cost_cny_10k
FROM survey_firms AS f
LEFT JOIN exporters AS x ON f.exporter_id = x.exporter_id
GROUP BY f.exporter_id, f.industry_chain, f.is_negotiation_key, f.is_survey_sample, f.is_listed
ORDER BY f.exporter_id
