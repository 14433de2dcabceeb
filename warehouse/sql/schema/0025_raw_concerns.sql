-- One row per version of a specific trade concern that a source has shown: facts as they came.
CREATE TABLE raw_concerns (
    source VARCHAR NOT NULL,
    source_key VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    payload JSON NOT NULL,
    concern_id VARCHAR NOT NULL,
    area VARCHAR NOT NULL,
    number VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    responding_members VARCHAR[] NOT NULL,
    raising_members VARCHAR[] NOT NULL,
    supporting_members VARCHAR[] NOT NULL,
    member_names VARCHAR[] NOT NULL,
    first_raised DATE,
    last_raised DATE,
    n_times_raised INTEGER,
    symbols VARCHAR[] NOT NULL,
    status VARCHAR NOT NULL,
    products_text VARCHAR NOT NULL,
    hs_codes VARCHAR[] NOT NULL,
    objectives VARCHAR[] NOT NULL,
    description VARCHAR NOT NULL,
    lang VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    row_number INTEGER,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    last_load INTEGER NOT NULL,
    PRIMARY KEY (source, source_key, content_hash)
);
COMMENT ON TABLE raw_concerns IS
'One row per version of a specific trade concern that a source has shown: facts as they came.';
COMMENT ON COLUMN raw_concerns.source IS 'Source that showed the concern.';
COMMENT ON COLUMN raw_concerns.source_key IS 'Key of the concern within its source.';
COMMENT ON COLUMN raw_concerns.content_hash IS 'SHA-256 of fields and payload; a changed concern is a new row.';
COMMENT ON COLUMN raw_concerns.payload IS 'The source''s own fields, as they came.';
COMMENT ON COLUMN raw_concerns.concern_id IS 'Area and number of the concern, e.g. TBT-345.';
COMMENT ON COLUMN raw_concerns.area IS 'TBT or SPS.';
COMMENT ON COLUMN raw_concerns.number IS 'Number of the concern as the source gives it.';
COMMENT ON COLUMN raw_concerns.title IS 'Title in the language of the source.';
COMMENT ON COLUMN raw_concerns.responding_members IS
'Members whose measure it is: ISO 3166-1 alpha-3, EU, or the WTO token.';
COMMENT ON COLUMN raw_concerns.raising_members IS 'Members that raised it.';
COMMENT ON COLUMN raw_concerns.supporting_members IS 'Members that supported it.';
COMMENT ON COLUMN raw_concerns.member_names IS 'Names of members as given that no code is known for.';
COMMENT ON COLUMN raw_concerns.first_raised IS
'First day of the meeting where it was first raised; of its month or year where only that is stated.';
COMMENT ON COLUMN raw_concerns.last_raised IS 'The same of the meeting where it was last raised.';
COMMENT ON COLUMN raw_concerns.n_times_raised IS 'Times raised in all, the first included.';
COMMENT ON COLUMN raw_concerns.symbols IS 'Notifications that it is about.';
COMMENT ON COLUMN raw_concerns.status IS 'Status as the source words it.';
COMMENT ON COLUMN raw_concerns.products_text IS 'Products, free text.';
COMMENT ON COLUMN raw_concerns.hs_codes IS 'HS codes, digits only.';
COMMENT ON COLUMN raw_concerns.objectives IS 'Objectives of the measure as the source words them.';
COMMENT ON COLUMN raw_concerns.description IS 'What the concern is, in the language of the source.';
COMMENT ON COLUMN raw_concerns.lang IS 'Language of the title, ISO 639-1; empty where unknown.';
COMMENT ON COLUMN raw_concerns.url IS 'Page of the concern for a human reader.';
COMMENT ON COLUMN raw_concerns.run_id IS 'Run that brought this version first.';
COMMENT ON COLUMN raw_concerns.row_number IS 'Row of the input file, where there was one.';
COMMENT ON COLUMN raw_concerns.first_seen_at IS 'First successful collection of this version (UTC).';
COMMENT ON COLUMN raw_concerns.last_seen_at IS 'Last time the source showed this version (UTC).';
COMMENT ON COLUMN raw_concerns.last_load IS 'Number of the load that showed this version last: the highest is current.';
