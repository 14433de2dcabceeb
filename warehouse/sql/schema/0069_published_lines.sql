-- One row per product line: its name, which never changes, and what is published of that.
CREATE MACRO published_lines(firm_names) AS TABLE
    -- a publication asks from another database: names within a macro are looked up there
    SELECT
        lines.line_id,
        lines.product_name,
        warehouse.published_words(
            CASE
                WHEN firm_names THEN lines.product_name
                ELSE warehouse.without_names(lines.product_name, listed.names)
            END,
            firm_names
        ) AS published_name
    FROM warehouse.product_lines AS lines
    CROSS JOIN warehouse.listed_names AS listed;
COMMENT ON MACRO TABLE published_lines IS 'One row per product line: its name and what is published of that.'; -- noqa: PRS
