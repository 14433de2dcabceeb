-- One row per reason behind a match.
CREATE TABLE match_evidence AS
SELECT
    * REPLACE (
        warehouse.without_addresses(line_text) AS line_text,
        warehouse.without_addresses(detail) AS detail
    )
FROM warehouse.match_evidence
SEMI JOIN changed_matches USING (notification_id);
