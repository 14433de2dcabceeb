-- At most one row: the measure that $notification_id amends.
SELECT min(parent.notification_id) AS parent_id
FROM notification_symbols AS child
INNER JOIN notification_symbols AS parent
    ON
        child.case_root = parent.symbol
        AND child.symbol <> parent.symbol
        AND child.notification_id <> parent.notification_id
WHERE child.notification_id = $notification_id
HAVING parent_id IS NOT NULL
