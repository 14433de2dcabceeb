-- One row: what was done in the period, whenever the case was opened. Amounts are of the reports in force that were
-- written down in the period, so that those of adjoining periods may be added.
WITH acts AS (
    SELECT
        count(DISTINCT case_id) FILTER (kind = 'notified') AS n_told,
        count(*) FILTER (kind = 'consulted') AS n_consultations,
        count(DISTINCT code) FILTER (kind = 'consulted') AS n_consulted_firms,
        count(DISTINCT case_id) FILTER (kind = 'comment-requested') AS n_requested,
        count(*) FILTER (kind = 'comment-received') AS n_received,
        count(DISTINCT code) FILTER (kind = 'comment-received') AS n_received_firms,
        count(DISTINCT case_id) FILTER (kind = 'comment-submitted') AS n_submitted,
        count(DISTINCT case_id) FILTER (kind = 'comment-answered') AS n_answered,
        count(DISTINCT case_id) FILTER (kind = 'concern-linked') AS n_linked,
        count(DISTINCT case_id) FILTER (kind = 'concern-proposed') AS n_proposed
    FROM case_events
    WHERE occurred_at >= $starts_at AND occurred_at < $ends_at
),

impacts AS (
    SELECT
        count(DISTINCT exporter_id) AS n_impact_firms,
        coalesce(sum(loss_cny_10k), 0) AS loss_cny_10k,
        coalesce(sum(cost_cny_10k), 0) AS cost_cny_10k
    FROM case_impacts
    WHERE reported_at >= $starts_at AND reported_at < $ends_at
)

SELECT *
FROM acts
CROSS JOIN impacts
