-- Removes the limits of clocks that are no more, and of milestones that a policy reckoned anew has no more.
DELETE FROM case_limits
WHERE
    NOT EXISTS (
        SELECT 1
        FROM clock_starts
        WHERE
            clock_starts.case_id = case_limits.case_id
            AND clock_starts.started_at = case_limits.started_at
            AND clock_starts.basis = case_limits.basis
    )
    AND NOT EXISTS (
        SELECT 1
        FROM limits_now
        WHERE
            limits_now.case_id = case_limits.case_id
            AND limits_now.started_at = case_limits.started_at
            AND limits_now.event = case_limits.event
    )
