-- One row per product line and export market.
CREATE TABLE product_line_markets AS
SELECT
    line_id,
    warehouse.published_key(exporter_id, getvariable('firm_names')) AS exporter_id,
    unnest(market_codes) AS market_code
FROM warehouse.product_lines
WHERE closed_at IS NULL;
COMMENT ON COLUMN product_line_markets.market_code IS 'Export market as a member code.';
