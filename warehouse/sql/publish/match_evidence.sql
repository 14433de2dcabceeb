-- One row per reason behind a match.
CREATE TABLE match_evidence AS
SELECT
    evidence.* REPLACE (
        CASE
            WHEN kind = 'hs' AND regexp_full_match(line_text, '[0-9]{2,10}') THEN line_text
            WHEN line_text = product_name THEN published_name
            WHEN getvariable('firm_names') THEN warehouse.published_words(line_text, true)
            ELSE ''
        END AS line_text,
        CASE
            WHEN kind = 'hs' THEN warehouse.published_product(detail, product_name, published_name)
            ELSE warehouse.published_words(
                warehouse.published_product(detail, product_name, published_name), getvariable('firm_names')
            )
        END AS detail
    )
FROM warehouse.match_evidence AS evidence
LEFT JOIN warehouse.published_lines(getvariable('firm_names')) USING (line_id)
SEMI JOIN changed_matches USING (notification_id);
COMMENT ON COLUMN match_evidence.line_text IS
'Name or code of the product line that it rests on; of its description or markets only where names are allowed.';
