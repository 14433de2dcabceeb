-- Removes the limits of clocks and milestones that are no more.
DELETE FROM case_limits
WHERE NOT EXISTS (
    SELECT 1
    FROM limits_now
    WHERE
        limits_now.case_id = case_limits.case_id
        AND limits_now.started_at = case_limits.started_at
        AND limits_now.event = case_limits.event
)
