-- One row per printed fact that an issue in force has put right, the earliest first.
SELECT
    corrects,
    case_id,
    field_name,
    value
FROM bulletin_corrections
WHERE printed_in NOT IN (SELECT overall FROM bulletin_withdrawals)
ORDER BY printed_in
