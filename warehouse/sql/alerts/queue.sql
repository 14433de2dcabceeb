-- Queues a mail; the unique key (case, version, firm, kind) keeps it from being queued twice.
INSERT INTO alerts (
    alert_id, case_id, case_version, exporter_id, kind, state, message_id, is_reviewed, match_level, n_products,
    n_attempts, detail, queued_at
)
VALUES (
    $alert_id, $case_id, 1, $exporter_id, 'alert', 'queued', $message_id, $is_reviewed, $match_level, $n_products,
    0, '', $now
)
ON CONFLICT DO NOTHING
