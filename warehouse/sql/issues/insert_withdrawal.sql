-- Marks an issue as withdrawn.
INSERT INTO bulletin_withdrawals
VALUES ($overall, $now, $withdrawn_by, $reason)
