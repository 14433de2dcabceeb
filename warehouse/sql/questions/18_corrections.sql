-- Which addenda, corrigenda and revisions came, what do they amend, and did they move the comment deadline?
-- title: 补遗、更正、修订通报及其改动的评议期限
-- param since DATE NULL 只看此日起散发的；不写为全部
SELECT
    symbol,
    kind_zh,
    members_zh,
    distribution_date,
    amends_symbol,
    amends_deadline,
    comment_deadline,
    moved_days,
    case_id,
    restarted_clock,
    coalesce(nullif(title_zh, ''), title) AS title
FROM mart.corrections
WHERE $since::DATE IS NULL OR distribution_date >= $since::DATE
ORDER BY distribution_date DESC NULLS LAST, symbol ASC
