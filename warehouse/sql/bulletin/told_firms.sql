-- One row: firms told one by one in the period. A mail that came back and that nothing made good since tells nobody.
SELECT count(DISTINCT told.code)::INTEGER AS n_told_firms
FROM case_events AS told
WHERE
    told.kind = 'told'
    AND told.code <> ''
    AND told.occurred_at >= $first_instant
    AND told.occurred_at < $end_instant
    AND NOT EXISTS (
        SELECT 1
        FROM case_events AS back
        WHERE
            back.kind = 'undelivered'
            AND back.case_id = told.case_id
            AND back.code = told.code
            AND back.occurred_at >= told.occurred_at
    )
