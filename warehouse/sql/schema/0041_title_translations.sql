-- One row per Chinese rendering that an officer or a machine gave to the title of a notification; never changed.
CREATE TABLE title_translations (
    translation_id VARCHAR PRIMARY KEY,
    notification_id VARCHAR NOT NULL,
    symbol VARCHAR NOT NULL,
    measure_key VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    title_key VARCHAR NOT NULL,
    lang VARCHAR NOT NULL,
    title_zh VARCHAR NOT NULL CHECK (title_zh <> ''),
    bound_to VARCHAR[] NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('officer', 'machine')),
    translator VARCHAR NOT NULL CHECK (translator <> ''),
    made_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE title_translations IS
'One row per Chinese rendering that an officer or a machine gave to the title of a notification; never changed.';
COMMENT ON COLUMN title_translations.translation_id IS 'Hash of all that the row says: the same rendering is one row.';
COMMENT ON COLUMN title_translations.notification_id IS 'Notification that it was given for.';
COMMENT ON COLUMN title_translations.symbol IS 'Its first document symbol; empty where it has none.';
COMMENT ON COLUMN title_translations.measure_key IS 'First name of the measure that it belonged to (measure_keys).';
COMMENT ON COLUMN title_translations.title IS 'Original title as it stood then.';
COMMENT ON COLUMN title_translations.title_key IS 'Hash of the words of that title (macro title_key).';
COMMENT ON COLUMN title_translations.lang IS 'Language of that title, ISO 639-1; empty where unknown.';
COMMENT ON COLUMN title_translations.title_zh IS 'Title in Chinese.';
COMMENT ON COLUMN title_translations.bound_to IS
'Notifying members that the Chinese title names: it is reused for their notifications alone.';
COMMENT ON COLUMN title_translations.kind IS 'officer or machine.';
COMMENT ON COLUMN title_translations.translator IS 'Officer (as given on the command line), or name of the model.';
COMMENT ON COLUMN title_translations.made_at IS 'When (UTC).';
