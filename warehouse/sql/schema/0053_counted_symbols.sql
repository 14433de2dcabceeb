-- One row per document symbol that the bulletin counts (件): the rule of every printed number of notifications.
CREATE VIEW counted_symbols AS
WITH listed AS (
    SELECT
        n.notification_id,
        n.distribution_date,
        n.area,
        n.kind,
        n.is_emergency,
        n.member_codes,
        coalesce(n.symbols[1], n.notification_id) AS measure,
        -- a notification without a symbol counts once
        unnest(CASE WHEN len(n.symbols) > 0 THEN n.symbols ELSE [n.notification_id] END) AS symbol,
        len(n.symbols)::INTEGER AS n_symbols
    FROM notifications AS n
    -- the bulletin is about measures of others: China's own are not counted
    WHERE NOT (len(n.member_codes) = 1 AND n.member_codes[1] = 'CHN') AND n.channel = 'wto'
)

SELECT
    symbol,
    notification_id,
    measure,
    distribution_date,
    CASE WHEN symbol LIKE 'G/TBT/%' THEN 'TBT' WHEN symbol LIKE 'G/SPS/%' THEN 'SPS' ELSE area END AS area,
    CASE
        -- symbols before 2001 (G/TBT/Notif.00/5) name no member
        WHEN symbol NOT LIKE 'G/%/N/%' THEN coalesce(member_codes[1], '')
        WHEN split_part(symbol, '/', 4) = 'EEC' THEN 'EU'
        ELSE split_part(symbol, '/', 4)
    END AS member_code,
    kind,
    is_emergency,
    n_symbols
FROM listed
-- the same symbol may stand under two notification_ids (two sources): it is one, in one month
QUALIFY row_number() OVER (PARTITION BY symbol ORDER BY distribution_date NULLS LAST, notification_id) = 1;
COMMENT ON VIEW counted_symbols IS
'One row per document symbol that the bulletin counts (件): the rule of every printed number of notifications.';
COMMENT ON COLUMN counted_symbols.symbol IS 'Document symbol; the notification_id where it has none.';
COMMENT ON COLUMN counted_symbols.notification_id IS 'Notification that it is counted by.';
COMMENT ON COLUMN counted_symbols.measure IS
'First symbol of the notification, else its id: measures (项) are the distinct values of this.';
COMMENT ON COLUMN counted_symbols.distribution_date IS
'Date of distribution by the WTO Secretariat (Geneva); NULL belongs to no month.';
COMMENT ON COLUMN counted_symbols.area IS 'TBT or SPS after the symbol, else as the source says; empty where unknown.';
COMMENT ON COLUMN counted_symbols.member_code IS 'Member that the symbol names, of a joint notification one.';
COMMENT ON COLUMN counted_symbols.kind IS 'regular, revision, addendum, corrigendum, supplement, emergency or unknown.';
COMMENT ON COLUMN counted_symbols.is_emergency IS
'Whether the notification, or the one that it amends, is an emergency notification.';
COMMENT ON COLUMN counted_symbols.n_symbols IS 'Symbols of the notification: more than one where it is joint.';
