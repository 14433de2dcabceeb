-- One row per table of the copy.
CREATE OR REPLACE TABLE published_tables AS
SELECT unnest(
    from_json(
        getvariable('sizes'), '[{"table_name": "VARCHAR", "n_rows": "BIGINT", "n_written": "BIGINT"}]'
    ),
    recursive := true
);
COMMENT ON COLUMN published_tables.table_name IS 'Table of schema main.';
COMMENT ON COLUMN published_tables.n_rows IS 'Its rows.';
COMMENT ON COLUMN published_tables.n_written IS 'Rows written for this copy; the others stood in the copy before.';
