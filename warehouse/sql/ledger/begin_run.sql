-- Opens the ledger row of a step.
INSERT INTO runs (run_id, step, source, arguments, tool_version, started_at, outcome, counts)
VALUES ($run_id, $step, $source, $arguments, $tool_version, $started_at, 'running', '{}')
