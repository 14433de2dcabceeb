-- One row per document symbol that a public Chinese bulletin gave a Chinese title.
CREATE VIEW chinese_titles AS
SELECT
    raw.symbol,
    raw.title_zh,
    sources.title AS source_title,
    raw.url
FROM raw_titles AS raw
INNER JOIN sources USING (source)
QUALIFY
    row_number() OVER (
        PARTITION BY raw.symbol
        ORDER BY sources.priority DESC, raw.last_load DESC, raw.source, raw.source_key, raw.content_hash
    ) = 1;
COMMENT ON VIEW chinese_titles IS 'One row per document symbol that a public Chinese bulletin gave a Chinese title.';
COMMENT ON COLUMN chinese_titles.symbol IS 'Document symbol.';
COMMENT ON COLUMN chinese_titles.title_zh IS 'Title in Chinese, as the source words it.';
COMMENT ON COLUMN chinese_titles.source_title IS 'Name of the source, in Chinese.';
COMMENT ON COLUMN chinese_titles.url IS 'Page that the title stands on.';
