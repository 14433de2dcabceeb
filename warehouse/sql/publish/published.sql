-- One row: what this copy is.
CREATE TABLE published AS
SELECT
    getvariable('published_at') AS published_at,
    getvariable('tool_version') AS tool_version,
    getvariable('firm_names') AS has_firm_names,
    getvariable('version') AS version,
    getvariable('publication') AS publication,
    getvariable('n_since_full') AS n_since_full,
    (SELECT max(name) FROM warehouse.schema_migrations) AS schema_version,
    getvariable('definition') AS definition;
COMMENT ON COLUMN published.published_at IS 'When this copy was made (UTC).';
COMMENT ON COLUMN published.tool_version IS 'Version of tbtwatch that made it.';
COMMENT ON COLUMN published.has_firm_names IS 'Whether firms are named in it.';
COMMENT ON COLUMN published.version IS 'Name of this version, as in the names of its file and its Parquet folder.';
COMMENT ON COLUMN published.publication IS
'Running number of publications; higher than that of the version before.';
COMMENT ON COLUMN published.n_since_full IS
'Publications since one was last written from nothing; 0 for such a one.';
COMMENT ON COLUMN published.schema_version IS 'Last schema file of the database that it was made of.';
COMMENT ON COLUMN published.definition IS 'Hash of the SQL, reference data and settings that the copy is made with.';
