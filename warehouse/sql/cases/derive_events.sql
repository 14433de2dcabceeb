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

told AS (
    SELECT
        a.case_id,
        'told' AS kind,
        mails.accepted_at AS occurred_at,
        'machine' AS actor,
        '已告知企业' || a.exporter_id || CASE a.kind WHEN 'update' THEN '（更新）' ELSE '' END AS detail,
        concat_ws('|', a.alert_id, mails.accepted_at::VARCHAR) AS cause,
        a.exporter_id AS code
    FROM alerts AS a
    INNER JOIN mails USING (mail_id)
    -- a mail that was only written to a file reached nobody yet: an officer records that (case notify)
    WHERE mails.accepted_at IS NOT NULL AND (mails.smtp_code IS NOT NULL OR mails.settled_by <> '')
),

-- the clock that runs now: what belongs to an earlier one is not written anew
restarts AS (
    SELECT
        case_id,
        max(occurred_at) AS restarted_at
    FROM case_events
    WHERE kind = 'restarted'
    GROUP BY case_id
),

-- what shows that a firm was told, since the clock last started
evidence AS (
    SELECT
        found.case_id,
        found.exporter_id,
        min(found.occurred_at) AS occurred_at
    FROM (
        SELECT
            a.case_id,
            a.exporter_id,
            mails.accepted_at AS occurred_at
        FROM alerts AS a
        INNER JOIN mails USING (mail_id)
        WHERE mails.state = 'accepted' AND (mails.smtp_code IS NOT NULL OR mails.settled_by <> '')
        UNION ALL
        SELECT
            case_id,
            code AS exporter_id,
            occurred_at
        FROM case_events
        WHERE kind = 'told' AND actor <> 'machine'
    ) AS found
    LEFT JOIN restarts USING (case_id)
    WHERE restarts.restarted_at IS NULL OR found.occurred_at > restarts.restarted_at
    GROUP BY found.case_id, found.exporter_id
),

-- the firms still in question
addressees AS (
    SELECT DISTINCT
        c.case_id,
        m.exporter_id
    FROM case_notifications AS c
    INNER JOIN effective_matches AS m USING (notification_id)
    INNER JOIN product_lines AS lines USING (line_id)
    WHERE m.relation <> 'none' AND m.match_level IN ('warning', 'watch') AND lines.closed_at IS NULL
),

-- what the log says of 企业告知 so far, since the clock last started
logged AS (
    SELECT
        e.case_id,
        max(e.occurred_at) FILTER (e.kind = 'notified') AS notified_at,
        max(e.occurred_at) FILTER (e.kind = 'undelivered') AS undelivered_at,
        bool_or(e.kind = 'notified' AND e.actor <> 'machine') AS is_said_of_all
    FROM case_events AS e
    LEFT JOIN restarts USING (case_id)
    WHERE
        e.kind IN ('notified', 'undelivered')
        AND (restarts.restarted_at IS NULL OR e.occurred_at > restarts.restarted_at)
    GROUP BY e.case_id
),

undelivered AS (
    SELECT
        a.case_id,
        'undelivered' AS kind,
        -- one that was read late still takes back what was written down meanwhile
        greatest(mails.ended_at, logged.notified_at) AS occurred_at,
        'machine' AS actor,
        '告知企业' || a.exporter_id || '的邮件' || CASE mails.state WHEN 'bounced' THEN '被退回' ELSE '未送达' END
            AS detail,
        concat_ws('|', a.alert_id, mails.ended_at::VARCHAR) AS cause,
        a.exporter_id AS code
    FROM alerts AS a
    INNER JOIN mails USING (mail_id)
    INNER JOIN addressees ON a.case_id = addressees.case_id AND a.exporter_id = addressees.exporter_id
    LEFT JOIN restarts ON a.case_id = restarts.case_id
    LEFT JOIN logged ON a.case_id = logged.case_id
    WHERE
        (restarts.restarted_at IS NULL OR mails.ended_at > restarts.restarted_at)
        AND (
            mails.state = 'bounced'
            -- taken once, tried again and given up, or found lost by an officer
            OR (
                mails.state IN ('failed', 'withdrawn')
                AND EXISTS (
                    SELECT 1
                    FROM case_events AS e
                    WHERE
                        e.case_id = a.case_id
                        AND e.kind = 'told'
                        AND e.code = a.exporter_id
                        AND (restarts.restarted_at IS NULL OR e.occurred_at > restarts.restarted_at)
                )
            )
        )
        -- nobody else at the firm was told, and no officer says that it was
        AND NOT EXISTS (
            SELECT 1
            FROM evidence AS e
            WHERE e.case_id = a.case_id AND e.exporter_id = a.exporter_id
        )
        AND logged.is_said_of_all IS NOT TRUE
),

-- every firm that is still in question must be told: 企业告知 is met by the last of them, not by the first
notified AS (
    SELECT
        addressees.case_id,
        'notified' AS kind,
        CASE
            WHEN max(evidence.occurred_at) <= any_value(logged.undelivered_at)
                -- the mail that came back arrived after all, or its firm is no longer in question: seen now
                THEN greatest($now, any_value(logged.undelivered_at) + INTERVAL 1 MICROSECOND)
            ELSE max(evidence.occurred_at)
        END AS occurred_at,
        'machine' AS actor,
        '已告知全部' || count(*) || '家企业' AS detail,
        concat_ws(
            '|',
            max(evidence.occurred_at)::VARCHAR,
            CASE
                WHEN max(evidence.occurred_at) <= any_value(logged.undelivered_at)
                    THEN any_value(logged.undelivered_at)::VARCHAR
            END
        ) AS cause,
        '' AS code
    FROM addressees
    LEFT JOIN evidence USING (case_id, exporter_id)
    LEFT JOIN logged USING (case_id)
    GROUP BY addressees.case_id
    HAVING count(*) = count(evidence.occurred_at)
),

happenings AS (
    SELECT *, '' AS code
    FROM collected
    UNION ALL
    SELECT *, '' AS code
    FROM screened
    UNION ALL
    SELECT *, '' AS code
    FROM judged
    UNION ALL
    FROM told
    UNION ALL
    FROM undelivered
    UNION ALL
    FROM notified
)

SELECT
    sha256(concat_ws('|', case_id, CASE kind WHEN 'amended' THEN 'collected' ELSE kind END, cause)) AS event_id,
    case_id,
    kind,
    code,
    occurred_at,
    $now AS recorded_at,
    actor,
    detail
FROM happenings
ON CONFLICT (event_id) DO NOTHING
