-- One row per issue that was withdrawn, without who did it.
CREATE TABLE bulletin_withdrawals AS
SELECT
    overall,
    withdrawn_at
FROM warehouse.bulletin_withdrawals;
