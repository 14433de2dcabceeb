-- The hash of the words of a title: case, accents, punctuation and white space do not count; empty without words.
CREATE MACRO title_key(title) AS
CASE
    WHEN regexp_matches(title, '[\p{L}\p{N}]')
        THEN left(
            sha256(trim(regexp_replace(strip_accents(lower(nfc_normalize(title))), '[^\p{L}\p{M}\p{N}]+', ' ', 'g'))),
            24
        )
    ELSE ''
END;
COMMENT ON MACRO title_key IS 'The hash of the words of a title; empty without words.'; -- noqa: PRS
