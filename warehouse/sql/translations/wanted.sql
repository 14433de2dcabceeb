-- One row per notification whose title is to be had in Chinese: those of a period, or of the open cases with firms.
WITH chosen AS (
    SELECT
        notification_id,
        FALSE AS is_in_case
    FROM notifications
    WHERE distribution_date BETWEEN $first_day AND $last_day
    UNION ALL
    SELECT
        c.notification_id,
        TRUE AS is_in_case
    FROM case_notifications AS c
    -- no event is of this kind: all cases that are not closed
    INNER JOIN unsettled_cases(['title']) USING (case_id)
    WHERE
        $first_day IS NULL
        AND c.case_id IN (
            SELECT concerned.case_id
            FROM case_notifications AS concerned
            INNER JOIN effective_matches AS m USING (notification_id)
            WHERE m.relation <> 'none' AND m.match_level <> 'none'
        )
)

SELECT
    n.notification_id,
    n.title_key AS words,
    bool_or(chosen.is_in_case) AS is_in_case
FROM chosen
INNER JOIN notifications AS n USING (notification_id)
WHERE n.title_key <> ''
GROUP BY ALL
ORDER BY max(n.distribution_date) DESC NULLS LAST, n.notification_id
