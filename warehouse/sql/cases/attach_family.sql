-- Adds to each case the other notifications of its family: addenda and corrigenda that match nothing by themselves.
INSERT INTO case_notifications
SELECT
    min(c.case_id) AS case_id,
    s.notification_id
FROM notification_symbols AS s
INNER JOIN (
    SELECT DISTINCT
        known.case_root,
        member.case_id
    FROM case_notifications AS member
    INNER JOIN notification_symbols AS known USING (notification_id)
) AS c USING (case_root)
WHERE s.notification_id NOT IN (SELECT notification_id FROM case_notifications)
GROUP BY s.notification_id
