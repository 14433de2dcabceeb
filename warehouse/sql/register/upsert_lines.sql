-- Takes over the product lines of the imported list.
INSERT INTO product_lines BY NAME
SELECT
    * REPLACE (list_filter(market_codes, lambda code: code <> '') AS market_codes), -- noqa: CP01
    $now AS first_listed_at,
    $now AS last_listed_at,
    NULL AS closed_at
FROM listed_lines
ON CONFLICT (line_id) DO UPDATE SET
    product_name = excluded.product_name,
    description = excluded.description,
    hs_code = excluded.hs_code,
    hs_edition = excluded.hs_edition,
    market_text = excluded.market_text,
    market_codes = excluded.market_codes,
    annual_export_cny_10k = excluded.annual_export_cny_10k,
    note = excluded.note,
    last_listed_at = excluded.last_listed_at,
    closed_at = NULL
