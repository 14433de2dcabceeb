-- One row per notification of a case.
CREATE TABLE case_notifications AS
SELECT *
FROM warehouse.case_notifications;
