-- One row per notification that amends another one that was collected: addendum, corrigendum, revision, supplement.
CREATE VIEW mart.corrections AS
SELECT
    n.notification_id,
    n.symbol,
    n.kind,
    n.kind_zh,
    n.distribution_date,
    n.title,
    n.title_zh,
    n.members_text,
    n.members_zh,
    n.area,
    parent.notification_id AS amends,
    parent.symbol AS amends_symbol,
    parent.title AS amends_title,
    parent.distribution_date AS amends_distribution_date,
    parent.comment_deadline AS amends_deadline,
    n.comment_deadline,
    (n.comment_deadline - parent.comment_deadline)::INTEGER AS moved_days,
    n.case_id,
    n.n_firms,
    restarts.code IS NOT NULL AS restarted_clock
FROM mart.notifications AS n
INNER JOIN mart.notifications AS parent ON n.amends = parent.notification_id
LEFT JOIN (
    SELECT DISTINCT code
    FROM main.case_events
    WHERE kind = 'restarted'
) AS restarts ON n.notification_id = restarts.code;
COMMENT ON COLUMN mart.corrections.symbol IS 'First document symbol; empty where it has none.';
COMMENT ON COLUMN mart.corrections.amends IS 'Notification that it amends: the nearest one above it.';
COMMENT ON COLUMN mart.corrections.amends_symbol IS 'First document symbol of that one.';
COMMENT ON COLUMN mart.corrections.amends_title IS 'Title of that one, in the language of the source.';
COMMENT ON COLUMN mart.corrections.amends_distribution_date IS 'Date of distribution of that one.';
COMMENT ON COLUMN mart.corrections.amends_deadline IS 'Final date for comments that that one states.';
COMMENT ON COLUMN mart.corrections.moved_days IS
'Days by which the final date for comments moves; NULL where one of the two states none.';
COMMENT ON COLUMN mart.corrections.n_firms IS 'Firms that the amending notification concerns.';
COMMENT ON COLUMN mart.corrections.restarted_clock IS 'Whether it started the clock of its case anew.';
