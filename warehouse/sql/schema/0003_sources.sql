-- One row per source that notifications were collected from.
CREATE TABLE sources (
    source VARCHAR PRIMARY KEY,
    title VARCHAR NOT NULL,
    priority INTEGER NOT NULL,
    first_collected_at TIMESTAMPTZ NOT NULL,
    last_collected_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE sources IS 'One row per source that notifications were collected from.';
COMMENT ON COLUMN sources.source IS 'Name of the source, as on the command line.';
COMMENT ON COLUMN sources.title IS 'Name for readers, in Chinese.';
COMMENT ON COLUMN sources.priority IS 'Where two sources state a field differently, the higher priority is shown.';
COMMENT ON COLUMN sources.first_collected_at IS 'First successful collection (UTC).';
COMMENT ON COLUMN sources.last_collected_at IS 'Last successful collection (UTC).';
