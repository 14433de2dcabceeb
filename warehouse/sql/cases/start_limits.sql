-- Begins the limits as they are now: none yet.
CREATE OR REPLACE TEMP TABLE limits_now AS
SELECT *
FROM case_limits
WHERE false
