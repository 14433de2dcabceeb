-- Closes the ledger row of a step.
UPDATE runs
SET finished_at = $finished_at, outcome = $outcome, counts = $counts
WHERE run_id = $run_id
