-- Opens a case.
INSERT INTO cases
VALUES ($case_id, $clock_started_at, $is_backfill, $policy_version, $now)
ON CONFLICT DO NOTHING
