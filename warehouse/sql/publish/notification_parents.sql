-- One row per notification that amends another one that was collected.
CREATE TABLE notification_parents AS
SELECT *
FROM warehouse.notification_parents;
