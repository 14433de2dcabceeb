-- One row per case of $case_ids: the dates that hold now, and the notification of the family that came last.
WITH family AS (
    SELECT
        c.case_id,
        n.*,
        coalesce(n.distribution_date, DATE '0001-01-01') AS came_on
    FROM case_notifications AS c
    INNER JOIN notifications AS n USING (notification_id)
    WHERE n.channel = 'wto' AND c.case_id IN (SELECT unnest($case_ids))
)

SELECT
    case_id,
    -- as the case itself has it: an addendum extends the time for comments, it does not cut it short
    max(comment_deadline) AS comment_deadline,
    arg_max(adoption_date, (came_on, first_seen_at, notification_id)) AS adoption_date,
    arg_max(entry_into_force_date, (came_on, first_seen_at, notification_id)) AS entry_into_force_date,
    arg_max(notification_id, (first_seen_at, came_on, notification_id)) AS latest_notification_id,
    max(first_seen_at) AS changed_at
FROM family
GROUP BY case_id
ORDER BY case_id
