-- One row per version of a Chinese title that a public Chinese bulletin gave to a notification.
CREATE TABLE raw_titles (
    source VARCHAR NOT NULL,
    source_key VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    payload JSON NOT NULL,
    symbol VARCHAR NOT NULL,
    title_zh VARCHAR NOT NULL,
    published_date DATE,
    url VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    row_number INTEGER,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    last_load INTEGER NOT NULL,
    PRIMARY KEY (source, source_key, content_hash)
);
COMMENT ON TABLE raw_titles IS
'One row per version of a Chinese title that a public Chinese bulletin gave to a notification.';
COMMENT ON COLUMN raw_titles.source IS 'Source that gave the title.';
COMMENT ON COLUMN raw_titles.source_key IS 'Key of the title within its source.';
COMMENT ON COLUMN raw_titles.content_hash IS 'SHA-256 of fields and payload; a changed title is a new row.';
COMMENT ON COLUMN raw_titles.payload IS 'The source''s own fields, as they came.';
COMMENT ON COLUMN raw_titles.symbol IS 'Document symbol, canonical spelling.';
COMMENT ON COLUMN raw_titles.title_zh IS 'Title in Chinese, as the source words it.';
COMMENT ON COLUMN raw_titles.published_date IS 'Date of the page.';
COMMENT ON COLUMN raw_titles.url IS 'Page that the title stands on.';
COMMENT ON COLUMN raw_titles.run_id IS 'Run that brought this version first.';
COMMENT ON COLUMN raw_titles.row_number IS 'Row of the input file, where there was one.';
COMMENT ON COLUMN raw_titles.first_seen_at IS 'First successful collection of this version (UTC).';
COMMENT ON COLUMN raw_titles.last_seen_at IS 'Last time the source showed this version (UTC).';
COMMENT ON COLUMN raw_titles.last_load IS 'Number of the load that showed this version last: the highest is current.';
