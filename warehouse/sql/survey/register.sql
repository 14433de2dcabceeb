-- One row: how many firms are listed now, and how many of them are in the sample and in the pool of key firms.
SELECT
    count(*) AS n_listed,
    count(*) FILTER (is_survey_sample) AS n_sample,
    count(*) FILTER (is_negotiation_key) AS n_key
FROM exporters
WHERE closed_at IS NULL
