-- What is published of the number of a firm: itself, or a short hash where a list that was filled in by a column too
-- far has an address, a telephone number, a credit code or a name there. Of the text alone, so that tables join on it.
CREATE MACRO published_key(words, firm_names) AS
CASE
    WHEN
        regexp_matches(words, '[@＠﹫]')
        OR regexp_full_match(words, '(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9]{4}){2}|0[0-9]{2,3}[- ]?[0-9]{7,8}')
        OR (
            NOT firm_names
            AND (regexp_full_match(words, '[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}') OR warehouse.without_firms(words) <> words)
        )
        THEN 'F' || left(sha256(words), 8)
    ELSE words
END;
COMMENT ON MACRO published_key IS 'What is published of the number of a firm.'; -- noqa: PRS
