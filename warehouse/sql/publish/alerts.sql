-- One row per thing that one contact was told of a case, without the contact.
CREATE TABLE alerts AS
SELECT
    * EXCLUDE (contact_id) REPLACE (
        warehouse.published_key(exporter_id, getvariable('firm_names')) AS exporter_id
    )
FROM warehouse.alerts;
