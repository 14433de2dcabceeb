-- One row per mail to a firm about a case, without its address.
CREATE TABLE alerts AS
SELECT * EXCLUDE (message_id, detail)
FROM warehouse.alerts;
