-- One row per distinct thing in the input that a person should look at, with the run that found it.
CREATE VIEW mart.issues AS
SELECT
    i.*,
    severities.name_zh AS severity_zh,
    coalesce(sources.title, '') AS source_title,
    coalesce(runs.step, '') AS step,
    runs.started_at AS run_started_at,
    (
        (i.last_seen_at AT TIME ZONE 'Asia/Shanghai')::DATE - (i.first_seen_at AT TIME ZONE 'Asia/Shanghai')::DATE
    )::INTEGER AS days_known,
    coalesce(n.symbol, '') AS symbol
FROM main.issues AS i
LEFT JOIN main.sources AS sources ON i.source = sources.source
LEFT JOIN main.runs AS runs ON i.run_id = runs.run_id
LEFT JOIN mart.notifications AS n ON i.subject = n.notification_id
LEFT JOIN mart.vocabulary AS severities ON severities.field = 'severity' AND i.severity = severities.code;
COMMENT ON COLUMN mart.issues.source IS 'Source or register that the input belongs to.';
COMMENT ON COLUMN mart.issues.run_id IS 'Run that found it last.';
COMMENT ON COLUMN mart.issues.first_seen_at IS 'First found (UTC).';
COMMENT ON COLUMN mart.issues.last_seen_at IS 'Last found (UTC).';
COMMENT ON COLUMN mart.issues.severity_zh IS 'Severity in Chinese.';
COMMENT ON COLUMN mart.issues.source_title IS 'Name of the source, in Chinese; empty for the register and other input.';
COMMENT ON COLUMN mart.issues.step IS 'Step that found it last.';
COMMENT ON COLUMN mart.issues.run_started_at IS 'Start of that run (UTC).';
COMMENT ON COLUMN mart.issues.days_known IS
'Office days (Asia/Shanghai) from the first time that it was found to the last.';
COMMENT ON COLUMN mart.issues.symbol IS 'First document symbol of the notification that it is about; else empty.';
