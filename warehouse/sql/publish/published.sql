-- One row: what this copy is.
CREATE TABLE published AS
SELECT
    getvariable('published_at') AS published_at,
    getvariable('tool_version') AS tool_version,
    getvariable('firm_names') AS has_firm_names;
COMMENT ON COLUMN published.published_at IS 'When this copy was made (UTC).';
COMMENT ON COLUMN published.tool_version IS 'Version of tbtwatch that made it.';
COMMENT ON COLUMN published.has_firm_names IS 'Whether firms are named in it.';
