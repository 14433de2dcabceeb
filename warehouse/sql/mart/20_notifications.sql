-- One row per notification as it stands now, with names, dates, days and whom it concerns.
CREATE VIEW mart.notifications AS
SELECT
    n.notification_id,
    coalesce(n.symbols[1], '') AS symbol,
    array_to_string(n.symbols, '、') AS symbols_text,
    len(n.symbols)::INTEGER AS n_symbols,
    len(n.symbols) > 1 AS is_joint,
    n.member_codes,
    array_to_string(n.member_codes, '、') AS members_text,
    array_to_string(
        list_transform(n.member_codes, lambda code: coalesce(names.names_zh[code], code)), '、' -- noqa: CP01
    ) AS members_zh,
    array_to_string(
        list_transform(n.member_codes, lambda code: coalesce(names.names_en[code], code)), '、' -- noqa: CP01
    ) AS members_en,
    n.area,
    n.channel,
    n.kind,
    coalesce(kinds.name_zh, n.kind) AS kind_zh,
    n.is_emergency,
    n.title,
    coalesce(titles.title_zh, '') AS title_zh,
    coalesce(titles.kind, '') AS title_zh_from,
    n.lang,
    n.description,
    n.products_text,
    n.distribution_date,
    date_trunc('month', n.distribution_date)::DATE AS distribution_month,
    year(n.distribution_date)::INTEGER AS year,
    n.comment_deadline,
    n.comment_deadline_text,
    n.adoption_date,
    n.adoption_text,
    n.entry_into_force_date,
    n.entry_into_force_text,
    (n.comment_deadline - n.distribution_date)::INTEGER AS comment_days,
    (n.comment_deadline - today.office_day)::INTEGER AS days_left,
    n.first_seen_at,
    (n.first_seen_at AT TIME ZONE 'Asia/Shanghai')::DATE AS first_seen_on,
    ((n.first_seen_at AT TIME ZONE 'Asia/Shanghai')::DATE - n.distribution_date)::INTEGER AS days_to_first_seen,
    n.last_seen_at,
    n.n_versions,
    n.hs_codes,
    array_to_string(n.hs_codes, '、') AS hs_codes_text,
    list_sort(list_distinct(list_transform(n.hs_codes, lambda code: left(code, 2)))) AS hs2, -- noqa: CP01
    array_to_string(hs2, '、') AS hs2_text,
    n.ics_codes,
    array_to_string(n.ics_codes, '、') AS ics_codes_text,
    len(n.hs_codes) > 0 AS has_hs,
    len(n.ics_codes) > 0 AS has_ics,
    array_to_string(n.objectives, '、') AS objectives_text,
    array_to_string(n.keywords, '、') AS keywords_text,
    n.affected_regions,
    coalesce(parents.parent_id, '') AS amends,
    n.url,
    coalesce(cases.case_id, '') AS case_id,
    coalesce(raised.match_level, 'none') AS match_level,
    levels.name_zh AS match_level_zh,
    coalesce(raised.n_firms, 0) AS n_firms,
    coalesce(raised.n_lines, 0) AS n_lines,
    coalesce(raised.is_confirmed, FALSE) AS is_confirmed
FROM main.notifications AS n
CROSS JOIN mart.office_day AS today
CROSS JOIN mart.member_names AS names
LEFT JOIN main.ref_kinds AS kinds ON n.kind = kinds.kind
LEFT JOIN main.best_titles AS titles ON n.notification_id = titles.notification_id
LEFT JOIN main.notification_parents AS parents ON n.notification_id = parents.notification_id
LEFT JOIN main.case_notifications AS cases ON n.notification_id = cases.notification_id
LEFT JOIN mart.raised ON n.notification_id = raised.notification_id
LEFT JOIN mart.vocabulary AS levels
    ON levels.field = 'match_level' AND levels.code = coalesce(raised.match_level, 'none');
COMMENT ON COLUMN mart.notifications.symbol IS 'First document symbol; empty where it has none.';
COMMENT ON COLUMN mart.notifications.symbols_text IS 'All document symbols, joined with 、.';
COMMENT ON COLUMN mart.notifications.n_symbols IS 'Document symbols (件).';
COMMENT ON COLUMN mart.notifications.is_joint IS 'Whether several members notified it together: several symbols.';
COMMENT ON COLUMN mart.notifications.members_text IS 'Codes of the notifying members, joined with 、.';
COMMENT ON COLUMN mart.notifications.members_zh IS 'Chinese names of the notifying members, joined with 、.';
COMMENT ON COLUMN mart.notifications.members_en IS 'English names of the notifying members, joined with 、.';
COMMENT ON COLUMN mart.notifications.kind_zh IS 'Kind in Chinese.';
COMMENT ON COLUMN mart.notifications.title_zh IS 'Title in Chinese; empty where none is known.';
COMMENT ON COLUMN mart.notifications.title_zh_from IS
'Where the Chinese title is from: original, officer, public, machine; empty where there is none.';
COMMENT ON COLUMN mart.notifications.distribution_month IS 'First day of the month of distribution.';
COMMENT ON COLUMN mart.notifications.year IS 'Year of distribution.';
COMMENT ON COLUMN mart.notifications.comment_days IS 'Days from distribution to the final date for comments.';
COMMENT ON COLUMN mart.notifications.days_left IS
'Days from the office''s day of this copy to the final date for comments; negative when it is over.';
COMMENT ON COLUMN mart.notifications.first_seen_on IS 'Office day (Asia/Shanghai) of the first collection.';
COMMENT ON COLUMN mart.notifications.days_to_first_seen IS 'Days from distribution to the first collection.';
COMMENT ON COLUMN mart.notifications.hs_codes_text IS 'HS codes as notified, joined with 、.';
COMMENT ON COLUMN mart.notifications.hs2 IS 'HS chapters, each once, in order.';
COMMENT ON COLUMN mart.notifications.hs2_text IS 'HS chapters, joined with 、.';
COMMENT ON COLUMN mart.notifications.ics_codes_text IS 'ICS codes as notified, joined with 、.';
COMMENT ON COLUMN mart.notifications.has_hs IS 'Whether it states an HS code.';
COMMENT ON COLUMN mart.notifications.has_ics IS 'Whether it states an ICS code.';
COMMENT ON COLUMN mart.notifications.objectives_text IS 'Objectives as the source words them, joined with 、.';
COMMENT ON COLUMN mart.notifications.keywords_text IS 'Keywords as the source words them, joined with 、.';
COMMENT ON COLUMN mart.notifications.amends IS 'Notification that it amends, the nearest one collected; else empty.';
COMMENT ON COLUMN mart.notifications.case_id IS 'Case that it belongs to; empty where it concerns nobody.';
COMMENT ON COLUMN mart.notifications.match_level IS
'Highest level that was raised: warning, watch, reference, or none where it concerns nobody.';
COMMENT ON COLUMN mart.notifications.match_level_zh IS 'Level in Chinese.';
COMMENT ON COLUMN mart.notifications.n_firms IS 'Firms that it concerns.';
COMMENT ON COLUMN mart.notifications.n_lines IS 'Product lines that it concerns.';
COMMENT ON COLUMN mart.notifications.is_confirmed IS 'Whether an officer confirmed one of the pairs.';
