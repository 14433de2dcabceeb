-- Adds to each case the other notifications of its family: addenda and corrigenda that match nothing by themselves.
INSERT INTO case_notifications
SELECT
    min(c.case_id) AS case_id,
    k.notification_id
FROM measure_keys AS k
INNER JOIN (
    SELECT DISTINCT
        known.measure_key,
        member.case_id
    FROM case_notifications AS member
    INNER JOIN measure_keys AS known USING (notification_id)
) AS c USING (measure_key)
WHERE k.notification_id NOT IN (SELECT notification_id FROM case_notifications)
GROUP BY k.notification_id
