-- One row per mail of the outbox with its state.
SELECT
    alert_id,
    case_id,
    exporter_id,
    state
FROM alerts
ORDER BY alert_id
