-- One row per start in clock_starts of which no limit was reckoned on its basis; every one where $anew.
SELECT
    case_id,
    policy_version,
    started_at
FROM clock_starts
WHERE
    $anew
    OR NOT EXISTS (
        SELECT 1
        FROM case_limits
        WHERE
            case_limits.case_id = clock_starts.case_id
            AND case_limits.started_at = clock_starts.started_at
            AND case_limits.basis = clock_starts.basis
    )
ORDER BY case_id, started_at
