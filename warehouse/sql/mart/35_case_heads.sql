-- One row per case with the notification that stands for it, as of this copy.
CREATE VIEW mart.case_heads AS
SELECT
    c.case_id,
    -- the measure itself where it was collected, else its latest addendum
    arg_max(
        n.notification_id,
        (
            n.channel = 'wto',
            n.kind IN ('regular', 'revision', 'emergency', 'unknown'),
            coalesce(n.distribution_date, DATE '0001-01-01'),
            n.notification_id
        )
    ) AS notification_id,
    max(n.comment_deadline) AS comment_deadline,
    list_sort(list_distinct(flatten(list(n.symbols)))) AS symbols,
    count(*)::INTEGER AS n_notifications
FROM main.case_notifications AS c
INNER JOIN main.notifications AS n USING (notification_id)
GROUP BY c.case_id;
COMMENT ON COLUMN mart.case_heads.case_id IS 'Case.';
COMMENT ON COLUMN mart.case_heads.notification_id IS
'The measure itself where it was collected, else its latest addendum.';
COMMENT ON COLUMN mart.case_heads.comment_deadline IS 'Latest final date for comments among its notifications.';
COMMENT ON COLUMN mart.case_heads.symbols IS 'All document symbols of the case.';
COMMENT ON COLUMN mart.case_heads.n_notifications IS 'Notifications of the case.';
