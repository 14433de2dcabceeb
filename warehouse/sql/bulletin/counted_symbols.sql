-- One row per document symbol distributed from $first_day to $last_day; a notification without a symbol counts once.
WITH listed AS (
    SELECT
        n.notification_id,
        n.distribution_date,
        n.area,
        n.kind,
        n.is_emergency,
        n.member_codes,
        n.hs_codes,
        n.ics_codes,
        n.objectives,
        coalesce(n.symbols[1], n.notification_id) AS measure,
        unnest(CASE WHEN len(n.symbols) > 0 THEN n.symbols ELSE [n.notification_id] END) AS symbol,
        len(n.symbols) AS n_symbols
    FROM notifications AS n
    -- the bulletin is about measures of others: China's own are not counted
    WHERE NOT (len(n.member_codes) = 1 AND n.member_codes[1] = 'CHN') AND n.channel = 'wto'
),

distinct_symbols AS (
    -- the same symbol may stand under two notification_ids (two sources): it is one, in one month
    SELECT *
    FROM listed
    QUALIFY row_number() OVER (PARTITION BY symbol ORDER BY distribution_date NULLS LAST, notification_id) = 1
)

SELECT
    symbol,
    measure,
    CASE WHEN symbol LIKE 'G/TBT/%' THEN 'TBT' WHEN symbol LIKE 'G/SPS/%' THEN 'SPS' ELSE area END AS area,
    kind,
    is_emergency,
    CASE
        -- symbols before 2001 (G/TBT/Notif.00/5) name no member
        WHEN symbol NOT LIKE 'G/%/N/%' THEN coalesce(member_codes[1], '')
        WHEN split_part(symbol, '/', 4) = 'EEC' THEN 'EU'
        ELSE split_part(symbol, '/', 4)
    END AS member_code,
    hs_codes,
    ics_codes,
    objectives,
    n_symbols
FROM distinct_symbols
WHERE distribution_date BETWEEN $first_day AND $last_day
ORDER BY symbol
