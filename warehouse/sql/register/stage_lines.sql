-- One row per product line of the imported list.
CREATE OR REPLACE TEMP TABLE listed_lines AS
SELECT
    unnest($line_id::VARCHAR[]) AS line_id,
    unnest($exporter_id::VARCHAR[]) AS exporter_id,
    unnest($product_name::VARCHAR[]) AS product_name,
    unnest($description::VARCHAR[]) AS description,
    unnest($hs_code::VARCHAR[]) AS hs_code,
    unnest($hs_edition::VARCHAR[]) AS hs_edition,
    unnest($market_text::VARCHAR[]) AS market_text,
    string_split(unnest($market_codes::VARCHAR[]), '|') AS market_codes,
    unnest($annual_export_cny_10k::DOUBLE[]) AS annual_export_cny_10k,
    unnest($note::VARCHAR[]) AS note
