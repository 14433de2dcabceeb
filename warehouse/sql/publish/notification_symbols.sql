-- One row per notification and document symbol.
CREATE TABLE notification_symbols AS
SELECT *
FROM warehouse.notification_symbols
SEMI JOIN changed_records USING (notification_id);
