-- One row per product line: what the lexicon makes of it, and its HS codes in the current edition.
CREATE TABLE line_readings (
    line_id VARCHAR PRIMARY KEY,
    concepts VARCHAR[] NOT NULL,
    concepts_zh VARCHAR[] NOT NULL,
    known_by VARCHAR NOT NULL CHECK (known_by IN ('name', 'description', 'likeness', 'code', '')),
    current_codes VARCHAR[] NOT NULL,
    read_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE line_readings IS
'One row per product line: what the lexicon makes of it, and its HS codes in the current edition.';
COMMENT ON COLUMN line_readings.line_id IS 'Product line.';
COMMENT ON COLUMN line_readings.concepts IS 'What the line is: keys of the lexicon; empty where unknown.';
COMMENT ON COLUMN line_readings.concepts_zh IS 'The same in Chinese.';
COMMENT ON COLUMN line_readings.known_by IS
'What told it: name, description, likeness (to goods of its HS heading) or code; empty where nothing did.';
COMMENT ON COLUMN line_readings.current_codes IS
'The declared HS code, and for codes of older editions the HS2022 subheadings that it may have become.';
COMMENT ON COLUMN line_readings.read_at IS 'When the line was read (UTC).';
