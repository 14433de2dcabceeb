-- One row per document symbol with a Chinese title.
SELECT
    symbol,
    title_zh
FROM chinese_titles
ORDER BY symbol
