-- One row per case root that an existing case covers.
SELECT DISTINCT
    k.measure_key AS case_root,
    c.case_id
FROM case_notifications AS c
INNER JOIN measure_keys AS k USING (notification_id)
