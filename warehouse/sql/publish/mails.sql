-- One row per mail to a firm, without its contact, its address and the server's words.
CREATE TABLE mails AS
SELECT
    * EXCLUDE (contact_id, message_id, detail, settled_by) REPLACE (
        warehouse.published_key(exporter_id, getvariable('firm_names')) AS exporter_id
    )
FROM warehouse.mails;
