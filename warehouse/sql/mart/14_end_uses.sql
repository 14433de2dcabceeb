-- One row per HS heading, and subheading of its own use, with its end uses in words, the main one first.
CREATE VIEW mart.end_uses AS
SELECT
    hs_code,
    array_to_string(
        list_concat(
            [end_use_zh],
            list_transform(
                other_end_uses,
                lambda use: -- noqa: CP01
                CASE use WHEN 'intermediate' THEN '中间品' WHEN 'consumption' THEN '消费品' ELSE '投资品' END
            )
        ),
        '、'
    ) AS end_use
FROM main.ref_bec_end_use;
COMMENT ON COLUMN mart.end_uses.hs_code IS
'Heading (four digits), or subheading (six) with a use of its own; of a code take the six-digit row if there is one.';
COMMENT ON COLUMN mart.end_uses.end_use IS
'中间品, 消费品 or 投资品; several are joined with 、, the main one first. By the concepts of BEC Rev.5, unverified.';
