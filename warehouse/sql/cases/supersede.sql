-- Links a case to the one that a revision of its measure opened: the revision replaces it and has a clock of its own.
INSERT INTO case_events
WITH revisions AS (
    SELECT
        case_id,
        clock_started_at,
        regexp_extract(case_id, '^(.*)/Rev\.(\d+)$', 1) AS root,
        try_cast(regexp_extract(case_id, '^(.*)/Rev\.(\d+)$', 2) AS INTEGER) AS number
    FROM cases
    WHERE regexp_matches(case_id, '/Rev\.\d+$')
)

SELECT
    sha256(concat_ws('|', older.case_id, 'superseded', newer.case_id)) AS event_id,
    older.case_id,
    'superseded' AS kind,
    newer.case_id AS code,
    newer.clock_started_at AS occurred_at,
    $now AS recorded_at,
    'machine' AS actor,
    '收到修订' || newer.case_id || '，另立新案' AS detail
FROM revisions AS newer
INNER JOIN cases AS older
    ON older.case_id = CASE newer.number WHEN 1 THEN newer.root ELSE newer.root || '/Rev.' || (newer.number - 1) END
ON CONFLICT (event_id) DO NOTHING
