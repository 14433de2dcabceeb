-- What is published of the reason of a match: an officer's own words only where firms are named, without contacts.
CREATE MACRO published_reason(reason, machine_reason, firm_names) AS
CASE
    -- the machine writes of goods and codes; a code has as many digits as a telephone number
    WHEN reason = coalesce(machine_reason, '') THEN warehouse.without_addresses(reason)
    -- a publication asks from another database: names within a macro are looked up there
    WHEN firm_names THEN warehouse.without_contacts(reason)
    ELSE ''
END;
COMMENT ON MACRO published_reason IS 'What is published of the reason of a match.'; -- noqa: PRS
