-- One row per contact of a firm. Personal data: never published, logged or given to a model.
CREATE TABLE contacts (
    contact_id VARCHAR PRIMARY KEY,
    exporter_id VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    address_hash VARCHAR NOT NULL,
    post VARCHAR NOT NULL,
    unsubscribe_token VARCHAR NOT NULL UNIQUE,
    purpose VARCHAR NOT NULL,
    basis VARCHAR NOT NULL,
    first_listed_at TIMESTAMPTZ NOT NULL,
    last_listed_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ
);
COMMENT ON TABLE contacts IS
'One row per contact of a firm. Personal data: never published, logged or given to a model.';
COMMENT ON COLUMN contacts.contact_id IS 'Hash of firm and address in lower case: what every other table names it by.';
COMMENT ON COLUMN contacts.exporter_id IS 'Firm.';
COMMENT ON COLUMN contacts.email IS 'Address for alerts.';
COMMENT ON COLUMN contacts.address_hash IS
'SHA-256 of the address in lower case: the same for every firm that lists it.';
COMMENT ON COLUMN contacts.post IS 'Post of the person (关企联络员岗位), no name.';
COMMENT ON COLUMN contacts.unsubscribe_token IS 'Random; whoever shows it may unsubscribe this contact.';
COMMENT ON COLUMN contacts.purpose IS
'What the address is kept for (处理目的), as the settings had it at the last import.';
COMMENT ON COLUMN contacts.basis IS
'On what ground (处理依据), as the settings had it at the last import.';
COMMENT ON COLUMN contacts.first_listed_at IS 'First import that listed the contact (UTC).';
COMMENT ON COLUMN contacts.last_listed_at IS 'Last import that listed the contact (UTC).';
COMMENT ON COLUMN contacts.closed_at IS 'Import that no longer listed the contact (UTC); NULL while it is listed.';
