-- The newest $n cases by the start of their clocks in [$since, $before); NULL is no bound.
SELECT case_id
FROM cases
WHERE
    clock_started_at >= coalesce($since, '-infinity'::TIMESTAMPTZ)
    AND clock_started_at < coalesce($before, 'infinity'::TIMESTAMPTZ)
-- the opposite of the order in which cases are read, so that equal clocks are cut at the same place each time
ORDER BY clock_started_at DESC, case_id DESC
LIMIT $n
