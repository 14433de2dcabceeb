-- One row per case with what it is about; the state of its clock is derived from its events. Without $everything only
-- those of $case_ids.
WITH chosen AS (
    SELECT *
    FROM cases
    WHERE $everything OR case_id IN (SELECT unnest($case_ids))
),

main AS (
    -- the measure itself where it was collected, else its latest addendum
    SELECT
        c.case_id,
        arg_max(
            n.notification_id,
            (
                n.channel = 'wto',
                n.kind IN ('regular', 'revision', 'emergency', 'unknown'),
                coalesce(n.distribution_date, DATE '0001-01-01'),
                n.notification_id
            )
        ) AS notification_id,
        max(n.comment_deadline) AS comment_deadline,
        -- an addendum tells that adoption or entry into force was moved: the latest document that states a day
        arg_max(
            n.adoption_date,
            (n.channel = 'wto', coalesce(n.distribution_date, DATE '0001-01-01'), n.first_seen_at, n.notification_id)
        ) FILTER (n.adoption_date IS NOT NULL) AS adoption_date,
        arg_max(
            n.entry_into_force_date,
            (n.channel = 'wto', coalesce(n.distribution_date, DATE '0001-01-01'), n.first_seen_at, n.notification_id)
        ) FILTER (n.entry_into_force_date IS NOT NULL) AS entry_into_force_date,
        list_sort(list_distinct(flatten(list(n.symbols)))) AS symbols
    FROM case_notifications AS c
    INNER JOIN chosen USING (case_id)
    INNER JOIN notifications AS n USING (notification_id)
    GROUP BY c.case_id
),

concerned AS (
    SELECT
        c.case_id,
        count(DISTINCT m.exporter_id)::INTEGER AS n_exporters,
        count(DISTINCT m.line_id)::INTEGER AS n_lines,
        bool_or(m.verdict = 'confirmed') AS is_confirmed,
        max(CASE m.match_level WHEN 'warning' THEN 3 WHEN 'watch' THEN 2 WHEN 'reference' THEN 1 ELSE 0 END)
            AS level_rank,
        bool_or(m.relation = 'direct') AS is_direct
    FROM case_notifications AS c
    INNER JOIN chosen USING (case_id)
    INNER JOIN effective_matches AS m USING (notification_id)
    INNER JOIN product_lines AS lines USING (line_id)
    INNER JOIN exporters ON m.exporter_id = exporters.exporter_id
    WHERE
        m.relation <> 'none'
        AND m.match_level <> 'none'
        -- a firm or a line that left the list is nobody's concern any more, whatever was confirmed of it
        AND lines.closed_at IS NULL
        AND exporters.closed_at IS NULL
    GROUP BY c.case_id
)

SELECT
    chosen.case_id,
    chosen.clock_started_at,
    chosen.is_backfill,
    chosen.policy_version,
    main.notification_id,
    main.symbols,
    main.comment_deadline,
    main.adoption_date,
    main.entry_into_force_date,
    n.member_codes,
    n.title,
    n.distribution_date,
    coalesce(concerned.n_exporters, 0) AS n_exporters,
    coalesce(concerned.n_lines, 0) AS n_lines,
    coalesce(concerned.is_confirmed, FALSE) AS is_confirmed,
    coalesce(concerned.is_direct, FALSE) AS is_direct,
    CASE concerned.level_rank WHEN 3 THEN 'warning' WHEN 2 THEN 'watch' WHEN 1 THEN 'reference' ELSE 'none' END
        AS match_level
FROM chosen
INNER JOIN main USING (case_id)
INNER JOIN notifications AS n USING (notification_id)
LEFT JOIN concerned USING (case_id)
ORDER BY chosen.clock_started_at, chosen.case_id
