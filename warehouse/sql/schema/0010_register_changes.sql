-- One row per field of the exporters' register that an import changed.
CREATE TABLE register_changes (
    run_id VARCHAR NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    exporter_id VARCHAR NOT NULL,
    line_id VARCHAR NOT NULL,
    field_name VARCHAR NOT NULL,
    old_value VARCHAR,
    new_value VARCHAR
);
COMMENT ON TABLE register_changes IS 'One row per field of the exporters'' register that an import changed.';
COMMENT ON COLUMN register_changes.run_id IS 'Import that changed it.';
COMMENT ON COLUMN register_changes.changed_at IS 'When (UTC).';
COMMENT ON COLUMN register_changes.exporter_id IS 'Firm.';
COMMENT ON COLUMN register_changes.line_id IS 'Product line; empty for a field of the firm itself.';
COMMENT ON COLUMN register_changes.field_name IS
'Column that changed; listed for a new, closed for a vanished, reopened for a returned entry.';
COMMENT ON COLUMN register_changes.old_value IS 'Value before.';
COMMENT ON COLUMN register_changes.new_value IS 'Value after.';
