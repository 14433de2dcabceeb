-- Writes down what has happened to the cases since the last time; the same happening twice is one row.
INSERT INTO case_events
WITH collected AS (
    SELECT
        c.case_id,
        CASE WHEN n.first_seen_at > cases.clock_started_at THEN 'amended' ELSE 'collected' END AS kind,
        n.first_seen_at AS occurred_at,
        'machine' AS actor,
        '采集到' || coalesce(list_aggregate(n.symbols, 'string_agg', '、'), n.notification_id) AS detail,
        n.notification_id AS cause
    FROM case_notifications AS c
    INNER JOIN cases USING (case_id)
    INNER JOIN notifications AS n USING (notification_id)
),

screened AS (
    SELECT
        c.case_id,
        'screened' AS kind,
        min(m.matched_at) AS occurred_at,
        'machine' AS actor,
        '机器初筛完成' AS detail,
        '' AS cause
    FROM case_notifications AS c
    INNER JOIN matches AS m USING (notification_id)
    WHERE m.relation <> 'none'
    GROUP BY c.case_id
),

judged AS (
    SELECT
        c.case_id,
        'judged' AS kind,
        j.judged_at AS occurred_at,
        j.judged_by AS actor,
        CASE j.verdict WHEN 'confirmed' THEN '研判确认：' ELSE '研判排除：' END || lines.product_name AS detail,
        j.judgement_id AS cause
    FROM judgements AS j
    INNER JOIN case_notifications AS c USING (notification_id)
    INNER JOIN product_lines AS lines USING (line_id)
),

notified AS (
    SELECT
        a.case_id,
        'notified' AS kind,
        a.accepted_at AS occurred_at,
        'machine' AS actor,
        '已告知企业' || a.exporter_id AS detail,
        a.alert_id AS cause
    FROM alerts AS a
    -- a mail that was only written to a file reached nobody yet: an officer records that (case notify)
    WHERE a.state = 'accepted' AND a.smtp_code IS NOT NULL
),

happenings AS (
    FROM collected
    UNION ALL
    FROM screened
    UNION ALL
    FROM judged
    UNION ALL
    FROM notified
)

SELECT
    sha256(concat_ws('|', case_id, CASE kind WHEN 'amended' THEN 'collected' ELSE kind END, cause)) AS event_id,
    case_id,
    kind,
    '' AS code,
    occurred_at,
    $now AS recorded_at,
    actor,
    detail
FROM happenings
ON CONFLICT (event_id) DO NOTHING
