-- What is published of words that a firm or an officer typed: no address and no number ever, no firm unless allowed.
CREATE MACRO published_words(words, firm_names) AS
CASE
    WHEN NOT regexp_matches(words, '[@＠﹫]|[0-9０-９]{3}|公司|集团|Ltd|LTD|Limited|Corp|Inc\.|GmbH') THEN words
    ELSE warehouse.without_contacts(CASE WHEN firm_names THEN words ELSE warehouse.without_firms(words) END)
END;
COMMENT ON MACRO published_words IS 'What is published of words that a firm or an officer typed.'; -- noqa: PRS
