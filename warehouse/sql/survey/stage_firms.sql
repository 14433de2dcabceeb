-- One row per case of the survey and firm that it concerns, or that was consulted, answered or reported an impact.
CREATE OR REPLACE TEMP TABLE survey_firms AS
WITH affected AS (
    SELECT
        c.case_id,
        m.exporter_id,
        bool_or(m.verdict = 'confirmed') AS is_confirmed
    FROM survey_cases AS s
    INNER JOIN case_notifications AS c ON s.case_id = c.case_id
    INNER JOIN effective_matches AS m ON c.notification_id = m.notification_id
    WHERE m.relation <> 'none' AND m.match_level <> 'none'
    GROUP BY c.case_id, m.exporter_id
),

talks AS (
    SELECT
        e.case_id,
        e.code AS exporter_id,
        count(*) FILTER (e.kind = 'consulted') AS n_consultations,
        count(*) FILTER (e.kind = 'comment-received') AS n_received
    FROM survey_cases AS s
    INNER JOIN case_events AS e ON s.case_id = e.case_id
    WHERE e.kind IN ('consulted', 'comment-received')
    GROUP BY e.case_id, e.code
),

impacts AS (
    SELECT i.*
    FROM survey_cases AS s
    INNER JOIN case_impacts AS i ON s.case_id = i.case_id
),

firms AS (
    SELECT
        case_id,
        exporter_id
    FROM affected
    UNION
    SELECT
        case_id,
        exporter_id
    FROM talks
    UNION
    SELECT
        case_id,
        exporter_id
    FROM impacts
)

SELECT
    firms.case_id,
    firms.exporter_id,
    coalesce(x.industry_chain, '') AS industry_chain,
    coalesce(x.is_negotiation_key, FALSE) AS is_negotiation_key,
    coalesce(x.is_survey_sample, FALSE) AS is_survey_sample,
    x.exporter_id IS NOT NULL AND x.closed_at IS NULL AS is_listed,
    affected.exporter_id IS NOT NULL AS is_affected,
    coalesce(affected.is_confirmed, FALSE) AS is_confirmed,
    coalesce(talks.n_consultations, 0) AS n_consultations,
    coalesce(talks.n_received, 0) AS n_received,
    impacts.exporter_id IS NOT NULL AS has_impact,
    coalesce(impacts.loss_cny_10k, 0) AS loss_cny_10k,
    coalesce(impacts.cost_cny_10k, 0) AS cost_cny_10k
FROM firms
LEFT JOIN affected USING (case_id, exporter_id)
LEFT JOIN talks USING (case_id, exporter_id)
LEFT JOIN impacts USING (case_id, exporter_id)
LEFT JOIN exporters AS x ON firms.exporter_id = x.exporter_id
