-- One row per notification of which the warehouse tells other matches than the copy before.
CREATE OR REPLACE TEMP TABLE changed_matches AS
WITH matched_now AS (
    -- a notification that is matched again is matched by another run
    SELECT notification_id, run_id, matched_at
    FROM warehouse.matched_notifications
),

matched_before AS (
    SELECT notification_id, run_id, matched_at
    FROM published.matched_notifications
),

new_matched AS (
    FROM matched_now
    EXCEPT
    FROM matched_before
),

old_matched AS (
    FROM matched_before
    EXCEPT
    FROM matched_now
),

-- a decision holds for the whole measure: it may reach notifications that were not matched again, or leave them
judged_now AS (
    SELECT
        notification_id, line_id, relation, match_level, score, sells_to_member, verdict, judged_at,
        -- as in publish/matches
        warehouse.published_key(exporter_id, getvariable('firm_names')) AS exporter_id,
        warehouse.published_product(
            warehouse.published_reason(reason, machine_reason, getvariable('firm_names')),
            product_name,
            published_name
        ) AS reason
    FROM warehouse.effective_matches
    LEFT JOIN (
        SELECT notification_id, line_id, reason AS machine_reason
        FROM warehouse.matches
    ) AS machine USING (notification_id, line_id)
    LEFT JOIN warehouse.published_lines(getvariable('firm_names')) USING (line_id)
    WHERE verdict <> 'unjudged'
),

judged_before AS (
    SELECT
        notification_id, line_id, relation, match_level, score, sells_to_member, verdict, judged_at, exporter_id,
        reason
    FROM published.matches
    WHERE verdict <> 'unjudged'
),

new_judged AS (
    FROM judged_now
    EXCEPT
    FROM judged_before
),

old_judged AS (
    FROM judged_before
    EXCEPT
    FROM judged_now
),

-- a pair is shown where its line is known, and quotes it as it is published
new_lines AS (
    SELECT
        line_id,
        warehouse.published_key(exporter_id, getvariable('firm_names')) AS exporter_id,
        published_name AS product_name
    FROM warehouse.product_lines
    INNER JOIN warehouse.published_lines(getvariable('firm_names')) USING (line_id)
    EXCEPT
    SELECT line_id, exporter_id, product_name
    FROM published.product_lines
)

SELECT notification_id
FROM new_matched
UNION
SELECT notification_id
FROM old_matched
UNION
SELECT notification_id
FROM new_judged
UNION
SELECT notification_id
FROM old_judged
UNION
SELECT notification_id
FROM warehouse.matches
SEMI JOIN new_lines USING (line_id)
