-- Queues mails; what is known already stays as it is.
INSERT INTO mails BY NAME
SELECT
    unnest(
        from_json(
            $rows,
            '[{
                "mail_id": "VARCHAR", "kind": "VARCHAR", "contact_id": "VARCHAR", "exporter_id": "VARCHAR",
                "message_id": "VARCHAR"
            }]'
        ),
        max_depth := 2
    ),
    'queued' AS state,
    '' AS transport,
    0 AS n_attempts,
    '' AS smtp_status,
    '' AS detail,
    '' AS settled_by,
    $now AS queued_at
ON CONFLICT DO NOTHING
