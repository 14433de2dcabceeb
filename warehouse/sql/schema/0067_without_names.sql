-- A text with each of the names blotted out.
CREATE MACRO without_names(words, names) AS
list_reduce(names, lambda said, name: replace(said, name, '（企业名略）'), words); -- noqa: PRS
COMMENT ON MACRO without_names IS 'A text with each of the names blotted out.'; -- noqa: PRS
