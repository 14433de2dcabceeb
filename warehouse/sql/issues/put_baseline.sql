-- Keeps what a drafted Word file said.
INSERT OR REPLACE INTO bulletin_baselines
VALUES ($report_month, date_trunc('second', $now::TIMESTAMPTZ), $is_restricted, $outline)
