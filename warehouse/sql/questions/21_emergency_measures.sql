-- Which emergency measures were notified, when do they take effect, and whom do they concern?
-- title: 紧急措施及生效日期、涉及的企业
-- param since DATE NULL 只看此日起散发的；不写为全部
SELECT
    symbol,
    area,
    members_zh,
    distribution_date,
    entry_into_force_date,
    entry_into_force_text,
    -- an emergency measure may be in force before it is notified
    date_diff('day', distribution_date, entry_into_force_date) AS days_of_notice,
    match_level_zh,
    n_firms,
    coalesce(nullif(title_zh, ''), title) AS title
FROM mart.notifications
WHERE
    -- recalls and gazettes are no notifications
    channel = 'wto'
    AND is_emergency
    AND ($since::DATE IS NULL OR distribution_date >= $since::DATE)
ORDER BY distribution_date DESC NULLS LAST, symbol ASC
