-- One row per encoded text: a cache, so that each text is encoded once.
CREATE TABLE text_vectors (
    vector_key VARCHAR PRIMARY KEY,
    vector BLOB NOT NULL
);
COMMENT ON TABLE text_vectors IS 'One row per encoded text: a cache, so that each text is encoded once.';
COMMENT ON COLUMN text_vectors.vector_key IS 'Hash of encoder, role and text.';
COMMENT ON COLUMN text_vectors.vector IS 'Unit vector, little-endian float32.';
