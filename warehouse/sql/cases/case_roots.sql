-- One row per case root that an existing case covers.
SELECT DISTINCT
    s.case_root,
    c.case_id
FROM case_notifications AS c
INNER JOIN notification_symbols AS s USING (notification_id)
