-- One row per notification: the measure that it belongs to, and until when comments on that are possible.
CREATE VIEW mart.measure_deadlines AS
WITH families AS (
    -- an addendum stands with its measure by its symbol, whether it concerns anybody or not, and by its case
    SELECT DISTINCT
        notification_id,
        case_root AS family
    FROM main.notification_symbols
    UNION ALL
    SELECT
        notification_id,
        'case ' || case_id AS family
    FROM main.case_notifications
),

latest AS (
    SELECT
        families.family,
        max(n.comment_deadline) AS comment_deadline
    FROM families
    INNER JOIN main.notifications AS n USING (notification_id)
    GROUP BY families.family
),

given AS (
    SELECT
        families.notification_id,
        max(latest.comment_deadline) AS comment_deadline
    FROM families
    INNER JOIN latest USING (family)
    GROUP BY families.notification_id
)

SELECT
    n.notification_id,
    coalesce(cases.case_id, own.case_root, n.notification_id) AS measure,
    n.comment_deadline,
    greatest(n.comment_deadline, given.comment_deadline) AS effective_deadline
FROM main.notifications AS n
LEFT JOIN given ON n.notification_id = given.notification_id
LEFT JOIN main.case_notifications AS cases ON n.notification_id = cases.notification_id
LEFT JOIN main.notification_symbols AS own ON n.notification_id = own.notification_id AND n.symbols[1] = own.symbol;
COMMENT ON COLUMN mart.measure_deadlines.measure IS
'Measure: its case, else the symbol that addenda to it begin with, else the notification. An addendum is no measure.';
COMMENT ON COLUMN mart.measure_deadlines.comment_deadline IS 'Final date for comments that the notification states.';
COMMENT ON COLUMN mart.measure_deadlines.effective_deadline IS
'Latest final date for comments among the notifications of the measure; NULL where none states one.';
