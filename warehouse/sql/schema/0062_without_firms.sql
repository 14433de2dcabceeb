-- A text with what has the form of a firm's name blotted out. Of the text alone: it must not depend on who is listed.
CREATE MACRO without_firms(words) AS
CASE
    WHEN regexp_matches(words, '公司|集团|Ltd|LTD|Limited|Corp|Inc\.|GmbH')
        THEN regexp_replace(
            regexp_replace(
                words,
                '(?:[\p{Han}A-Za-z0-9·（）()&.-][ 　]?){2,40}?(?:(?:股份|有限|责任|集团)[ 　]?)*(?:公司|集团)(?:（[^（）]{1,12}）)?',
                '（企业名略）',
                'g'
            ),
            '(?:[A-Z][\w&.-]*[ ,]+){1,6}(?:Co\.?,? ?)?(?:Ltd|LTD|Limited|Corp|Corporation|Inc|GmbH)\b\.?',
            '（企业名略）',
            'g'
        )
    ELSE words
END;
COMMENT ON MACRO without_firms IS 'A text with what has the form of a firm''s name blotted out.'; -- noqa: PRS
