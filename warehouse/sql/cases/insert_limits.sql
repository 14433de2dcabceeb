-- Writes the limits that are new or have changed, as by a calendar that was corrected.
INSERT INTO case_limits BY NAME
FROM limits_now
EXCEPT
FROM case_limits
ON CONFLICT (case_id, started_at, event) DO UPDATE SET
    ordinal = excluded.ordinal,
    label = excluded.label,
    limit_hours = excluded.limit_hours,
    amber_at = excluded.amber_at,
    due_at = excluded.due_at,
    basis = excluded.basis
