-- A text with every e-mail address in it blotted out: what people type may hold one, what is published may not.
CREATE MACRO without_addresses(words) AS
regexp_replace(words, '[^\s<>"''，。；、：（）]+[@＠][^\s<>"''，。；、：（）]*', '（邮箱略）', 'g');
COMMENT ON MACRO without_addresses IS 'A text with every e-mail address in it blotted out.'; -- noqa: PRS
