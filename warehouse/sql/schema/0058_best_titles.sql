-- One row per notification of which a title in Chinese is known: the one that counts, and where it is from.
CREATE OR REPLACE VIEW best_titles AS
WITH originals AS (
    -- what a title says without its frame costs more than all joins: it is asked of the few that have a candidate
    SELECT
        notification_id,
        symbols,
        member_codes,
        kind,
        title,
        lang,
        title_key AS words
    FROM notifications
),

given AS (
    SELECT
        *,
        title_key(measure_title(title)) AS measure_words
    FROM title_translations
),

families AS (
    -- an addendum is often notified under the title of its measure; where its own says something else, as "list of
    -- designated laboratories" does, the measure's name in Chinese would hide that
    SELECT DISTINCT
        own.notification_id,
        other.notification_id AS other_id
    FROM measure_keys AS own
    INNER JOIN measure_keys AS other USING (measure_key)
    WHERE own.notification_id <> other.notification_id
),

candidates AS (
    SELECT
        notification_id,
        title AS title_zh,
        'original' AS kind,
        '' AS translator,
        notification_id AS given_for,
        NULL::TIMESTAMPTZ AS made_at,
        1 AS rank,
        '' AS tie
    FROM originals
    WHERE
        (lang = '' OR starts_with(lang, 'zh'))
        AND regexp_matches(title, '\p{Han}')
        AND NOT regexp_matches(title, '[\p{Hiragana}\p{Katakana}\p{Hangul}]')
    UNION ALL
    -- 2: an officer's for this very notification; 5: the same, but the title has other words since
    SELECT
        o.notification_id,
        g.title_zh,
        g.kind,
        g.translator,
        g.notification_id AS given_for,
        g.made_at,
        CASE WHEN g.measure_words = title_key(measure_title(o.title)) THEN 2 ELSE 5 END AS rank,
        g.translation_id AS tie
    FROM originals AS o
    INNER JOIN given AS g USING (notification_id)
    WHERE g.kind = 'officer'
    UNION ALL
    -- 3: an officer's for the same words, as joint texts have that each member notifies by itself
    SELECT
        o.notification_id,
        g.title_zh,
        g.kind,
        g.translator,
        g.notification_id AS given_for,
        g.made_at,
        3 AS rank,
        g.translation_id AS tie
    FROM originals AS o
    INNER JOIN given AS g ON o.words = g.title_key
    WHERE
        g.kind = 'officer'
        AND o.words <> ''
        AND o.notification_id <> g.notification_id
        AND list_has_all(o.member_codes, g.bound_to)
    UNION ALL
    -- 4: an officer's for another notification of the measure
    SELECT
        o.notification_id,
        g.title_zh,
        g.kind,
        g.translator,
        g.notification_id AS given_for,
        g.made_at,
        4 AS rank,
        g.translation_id AS tie
    FROM originals AS o
    INNER JOIN families AS f USING (notification_id)
    INNER JOIN given AS g ON f.other_id = g.notification_id
    WHERE
        g.kind = 'officer'
        AND title_key(measure_title(o.title)) IN ('', g.measure_words)
        AND list_has_all(o.member_codes, g.bound_to)
    UNION ALL
    -- 6: a public Chinese bulletin's
    SELECT
        o.notification_id,
        c.title_zh,
        'public' AS kind,
        c.source_title AS translator,
        o.notification_id AS given_for,
        NULL::TIMESTAMPTZ AS made_at,
        6 AS rank,
        printf('%06d', list_position(o.symbols, c.symbol)) AS tie
    FROM originals AS o
    INNER JOIN notification_symbols AS s ON o.notification_id = s.notification_id
    INNER JOIN chinese_titles AS c ON s.symbol = c.symbol
    UNION ALL
    -- 7: a public Chinese bulletin's for the measure itself
    SELECT
        o.notification_id,
        c.title_zh,
        'public' AS kind,
        c.source_title AS translator,
        main.notification_id AS given_for,
        NULL::TIMESTAMPTZ AS made_at,
        7 AS rank,
        c.symbol AS tie
    FROM originals AS o
    INNER JOIN families AS f USING (notification_id)
    INNER JOIN originals AS main ON f.other_id = main.notification_id
    INNER JOIN notification_symbols AS s ON main.notification_id = s.notification_id
    INNER JOIN chinese_titles AS c ON s.symbol = c.symbol
    WHERE
        main.kind IN ('regular', 'revision', 'emergency', 'unknown')
        AND title_key(measure_title(o.title)) IN ('', title_key(measure_title(main.title)))
        AND list_has_all(o.member_codes, main.member_codes)
    UNION ALL
    -- 8: a machine's for the same words
    SELECT
        o.notification_id,
        g.title_zh,
        g.kind,
        g.translator,
        g.notification_id AS given_for,
        g.made_at,
        8 AS rank,
        g.translation_id AS tie
    FROM originals AS o
    INNER JOIN given AS g ON o.words = g.title_key
    WHERE
        g.kind = 'machine'
        AND o.words <> ''
        AND (o.notification_id = g.notification_id OR list_has_all(o.member_codes, g.bound_to))
)

SELECT
    notification_id,
    title_zh,
    kind,
    translator,
    given_for,
    rank = 5 AS is_stale,
    made_at
FROM candidates
QUALIFY row_number() OVER (PARTITION BY notification_id ORDER BY rank, made_at DESC, tie) = 1;
COMMENT ON VIEW best_titles IS
'One row per notification of which a title in Chinese is known: the one that counts, and where it is from.';
COMMENT ON COLUMN best_titles.notification_id IS 'Notification.';
COMMENT ON COLUMN best_titles.title_zh IS 'Title in Chinese.';
COMMENT ON COLUMN best_titles.kind IS
'original (notified in Chinese), officer, public (a public Chinese bulletin) or machine, in this order.';
COMMENT ON COLUMN best_titles.translator IS 'Officer, bulletin or model; empty where the original is Chinese.';
COMMENT ON COLUMN best_titles.given_for IS
'Notification that it was given for: itself, one of its measure or one of its words.';
COMMENT ON COLUMN best_titles.is_stale IS 'Whether the original title has other words since an officer translated it.';
COMMENT ON COLUMN best_titles.made_at IS 'When an officer or a machine gave it (UTC).';
