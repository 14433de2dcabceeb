-- One row: what the firms of the list are called by, as far as it stands in words that people typed.
CREATE VIEW listed_names AS
WITH listed AS (
    -- also of earlier lists; a name is looked for in each text, and there are thousands: hence those that occur alone
    SELECT DISTINCT word
    FROM (
        SELECT unnest(list_concat([name, credit_code], string_split(coalesce(short_name, ''), '、'))) AS word
        FROM exporters
    ) AS said
    WHERE len(word) >= 4
),

typed AS (
    SELECT unnest([product_name, description, market_text]) AS said
    FROM product_lines
    UNION
    SELECT unnest([district, industry_chain])
    FROM exporters
    UNION
    SELECT unnest([message, next_step, file_name, field_name, field_value, subject])
    FROM issues
    WHERE source <> 'exporters'
    UNION
    -- the others are published of no list
    SELECT unnest([next_step, field_name])
    FROM issues
    WHERE source = 'exporters'
    UNION
    SELECT arguments ->> '$.file'
    FROM runs
    UNION
    SELECT title_zh
    FROM title_translations
),

-- each text from each place on, by the four characters there: a name in it must begin so
places AS (
    SELECT
        said,
        substr(said, place, 4) AS beginning
    FROM (
        SELECT
            said,
            unnest(generate_series(1, len(said) - 3)) AS place
        FROM typed
    ) AS numbered
),

found AS (
    SELECT DISTINCT word
    FROM listed
    INNER JOIN places ON left(listed.word, 4) = places.beginning AND contains(places.said, listed.word)
)

SELECT coalesce(list(word ORDER BY len(word) DESC, word), []) AS names
FROM found;
COMMENT ON VIEW listed_names IS
'One row: what the firms of the list are called by, as far as it stands in words that people typed.';
COMMENT ON COLUMN listed_names.names IS
'Names, short names and credit codes of at least four characters, the longest first.';
