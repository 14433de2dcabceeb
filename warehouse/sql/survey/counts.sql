-- One row per group of the survey. Firms, amounts, consultations and answers of a chain are those of its own firms.
WITH of_cases AS (
    SELECT
        g.dimension,
        g.name,
        count(*) AS n_cases,
        count(*) FILTER (c.is_backfill) AS n_backfill,
        count(*) FILTER (c.is_told) AS n_told,
        count(*) FILTER (c.is_requested) AS n_requested,
        count(*) FILTER (c.is_submitted) AS n_submitted,
        count(*) FILTER (c.is_answered) AS n_answered,
        count(*) FILTER (c.is_linked) AS n_linked,
        count(*) FILTER (c.is_proposed) AS n_proposed
    FROM survey_groups AS g
    INNER JOIN survey_cases AS c ON g.case_id = c.case_id
    GROUP BY g.dimension, g.name
),

of_firms AS (
    SELECT
        g.dimension,
        g.name,
        count(DISTINCT f.case_id) FILTER (f.is_affected) AS n_affecting,
        count(DISTINCT f.exporter_id) FILTER (f.is_affected) AS n_firms,
        count(DISTINCT f.exporter_id) FILTER (f.is_confirmed) AS n_confirmed_firms,
        count(DISTINCT f.exporter_id) FILTER (f.is_affected AND f.is_listed) AS n_listed_firms,
        count(DISTINCT f.exporter_id) FILTER (f.is_affected AND f.is_listed AND f.is_survey_sample) AS n_sample_firms,
        count(DISTINCT f.exporter_id) FILTER (f.is_affected AND f.is_listed AND f.is_negotiation_key) AS n_key_firms,
        sum(f.n_consultations)::BIGINT AS n_consultations,
        count(DISTINCT f.exporter_id) FILTER (f.n_consultations > 0) AS n_consulted_firms,
        sum(f.n_received)::BIGINT AS n_received,
        count(DISTINCT f.exporter_id) FILTER (f.n_received > 0) AS n_received_firms,
        count(DISTINCT f.exporter_id) FILTER (f.has_impact) AS n_impact_firms,
        sum(f.loss_cny_10k) AS loss_cny_10k,
        sum(f.cost_cny_10k) AS cost_cny_10k
    FROM survey_groups AS g
    INNER JOIN survey_firms AS f
        ON g.case_id = f.case_id AND (g.dimension <> 'chain' OR g.name = f.industry_chain)
    GROUP BY g.dimension, g.name
)

SELECT
    of_cases.dimension,
    of_cases.name,
    of_cases.* EXCLUDE (dimension, name),
    coalesce(of_firms.n_affecting, 0) AS n_affecting,
    coalesce(of_firms.n_firms, 0) AS n_firms,
    coalesce(of_firms.n_confirmed_firms, 0) AS n_confirmed_firms,
    coalesce(of_firms.n_listed_firms, 0) AS n_listed_firms,
    coalesce(of_firms.n_sample_firms, 0) AS n_sample_firms,
    coalesce(of_firms.n_key_firms, 0) AS n_key_firms,
    coalesce(of_firms.n_consultations, 0) AS n_consultations,
    coalesce(of_firms.n_consulted_firms, 0) AS n_consulted_firms,
    coalesce(of_firms.n_received, 0) AS n_received,
    coalesce(of_firms.n_received_firms, 0) AS n_received_firms,
    coalesce(of_firms.n_impact_firms, 0) AS n_impact_firms,
    coalesce(of_firms.loss_cny_10k, 0) AS loss_cny_10k,
    coalesce(of_firms.cost_cny_10k, 0) AS cost_cny_10k
FROM of_cases
LEFT JOIN of_firms ON of_cases.dimension = of_firms.dimension AND of_cases.name = of_firms.name
ORDER BY of_cases.dimension, of_cases.n_cases DESC, of_cases.name
