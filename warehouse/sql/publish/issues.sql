-- One row per distinct thing in the input that a person should look at; values of the firms' list are left out.
CREATE TABLE issues AS
SELECT
    * REPLACE (
        CASE WHEN source = 'exporters' THEN '' ELSE warehouse.without_addresses(message) END AS message,
        warehouse.without_addresses(next_step) AS next_step,
        CASE WHEN source = 'exporters' THEN '' ELSE warehouse.without_addresses(field_value) END AS field_value
    )
FROM warehouse.issues;
