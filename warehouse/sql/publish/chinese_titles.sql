-- One row per document symbol that a public Chinese bulletin gave a Chinese title.
CREATE TABLE chinese_titles AS
SELECT *
FROM warehouse.chinese_titles;
