-- One row per run, the ten latest ones.
SELECT
    run_id, step, source, outcome, started_at, finished_at, counts
FROM runs
ORDER BY started_at DESC, run_id DESC
LIMIT 10
