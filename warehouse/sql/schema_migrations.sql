-- One row per schema file that was applied.
CREATE TABLE IF NOT EXISTS schema_migrations (
    name VARCHAR PRIMARY KEY,
    sha256 VARCHAR NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE schema_migrations IS 'One row per schema file that was applied.';
COMMENT ON COLUMN schema_migrations.name IS 'Name of the file.';
COMMENT ON COLUMN schema_migrations.sha256 IS 'SHA-256 of its text when it was applied: an edited file is refused.';
COMMENT ON COLUMN schema_migrations.applied_at IS 'When (UTC).';
