-- Begins the limits as they are now: none yet.
CREATE OR REPLACE TEMP TABLE limits_now AS
FROM case_limits
LIMIT 0
