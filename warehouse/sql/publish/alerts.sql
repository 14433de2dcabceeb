-- One row per thing that one contact was told of a case, without the contact.
CREATE TABLE alerts AS
SELECT * EXCLUDE (contact_id)
FROM warehouse.alerts;
