-- One row per pair of notification and product line in $pairs: the machine's own reason, and what it rests on.
WITH wanted AS (
    SELECT unnest(from_json($pairs, '[{"notification_id": "VARCHAR", "line_id": "VARCHAR"}]'), recursive := TRUE)
)

SELECT
    m.notification_id,
    m.line_id,
    m.reason,
    list(
        struct_pack(kind := e.kind, words := e.notification_text, weight := e.evidence_value)
        ORDER BY e.kind, e.notification_text
    ) FILTER (e.kind IS NOT NULL) AS grounds
FROM matches AS m
LEFT JOIN match_evidence AS e USING (notification_id, line_id)
WHERE (m.notification_id, m.line_id) IN (SELECT (wanted.notification_id, wanted.line_id) FROM wanted)
GROUP BY m.notification_id, m.line_id, m.reason
ORDER BY m.notification_id, m.line_id
