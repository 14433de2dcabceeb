-- One row per notification and document symbol.
CREATE TABLE notification_symbols AS
SELECT *
FROM warehouse.notification_symbols;
