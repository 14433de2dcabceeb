-- One row per product line of an exporter, open or closed.
CREATE TABLE product_lines (
    line_id VARCHAR PRIMARY KEY,
    exporter_id VARCHAR NOT NULL,
    product_name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    hs_code VARCHAR NOT NULL,
    hs_edition VARCHAR NOT NULL,
    market_text VARCHAR NOT NULL,
    market_codes VARCHAR[] NOT NULL,
    annual_export_cny_10k DOUBLE,
    note VARCHAR NOT NULL,
    first_listed_at TIMESTAMPTZ NOT NULL,
    last_listed_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ
);
COMMENT ON TABLE product_lines IS 'One row per product line of an exporter, open or closed.';
COMMENT ON COLUMN product_lines.line_id IS 'Stable hash of exporter_id and product_name.';
COMMENT ON COLUMN product_lines.exporter_id IS 'Firm.';
COMMENT ON COLUMN product_lines.product_name IS 'Name of the goods, as the firm calls them.';
COMMENT ON COLUMN product_lines.description IS 'Description of the goods.';
COMMENT ON COLUMN product_lines.hs_code IS 'Declared code, digits only, 2 to 10.';
COMMENT ON COLUMN product_lines.hs_edition IS
'Edition of the nomenclature that the code belongs to, e.g. HS2017; empty where it could not be told.';
COMMENT ON COLUMN product_lines.market_text IS 'Main export markets as listed.';
COMMENT ON COLUMN product_lines.market_codes IS
'Main export markets as member codes; an EU state also carries EU, regions are expanded.';
COMMENT ON COLUMN product_lines.annual_export_cny_10k IS 'Annual export value in units of 10,000 yuan (万元).';
COMMENT ON COLUMN product_lines.note IS 'Remark in the list.';
COMMENT ON COLUMN product_lines.first_listed_at IS 'First import that listed the line (UTC).';
COMMENT ON COLUMN product_lines.last_listed_at IS 'Last import that listed the line (UTC).';
COMMENT ON COLUMN product_lines.closed_at IS 'Import that no longer listed the line (UTC); NULL while it is listed.';
