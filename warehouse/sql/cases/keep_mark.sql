-- Remembers what the cases were derived from.
DELETE FROM case_mark;
INSERT INTO case_mark
SELECT
    $policy,
    mark
FROM case_sources
