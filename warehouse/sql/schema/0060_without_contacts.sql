-- A text with every e-mail address and every run of digits that may be a telephone number blotted out.
CREATE MACRO without_contacts(words) AS
regexp_replace(
    regexp_replace(
        words,
        -- also where blanks or a small sign keep an address from being read as one
        '[^\s<>"''，。；、：（）@＠﹫]+[ 　]*[@＠﹫][ 　]*[^\s<>"''，。；、：（）]*|[@＠﹫][ 　]*[^\s<>"''，。；、：（）]*',
        '（邮箱略）',
        'g'
    ),
    '[0-9０-９]{3,4}[-－ 　][0-9０-９]{4}[-－ 　][0-9０-９]{4}|[0-9０-９]{7,}',
    '（号码略）',
    'g'
);
COMMENT ON MACRO without_contacts IS 'A text with addresses and what may be telephone numbers blotted out.'; -- noqa: PRS
