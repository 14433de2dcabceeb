-- One row per contact of a firm. Personal data: never published, logged or given to a model.
CREATE TABLE contacts (
    exporter_id VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    post VARCHAR NOT NULL,
    first_listed_at TIMESTAMPTZ NOT NULL,
    last_listed_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    PRIMARY KEY (exporter_id, email)
);
COMMENT ON TABLE contacts IS
'One row per contact of a firm. Personal data: never published, logged or given to a model.';
COMMENT ON COLUMN contacts.exporter_id IS 'Firm.';
COMMENT ON COLUMN contacts.email IS 'Address for alerts.';
COMMENT ON COLUMN contacts.post IS 'Post of the person (关企联络员岗位), no name.';
COMMENT ON COLUMN contacts.first_listed_at IS 'First import that listed the contact (UTC).';
COMMENT ON COLUMN contacts.last_listed_at IS 'Last import that listed the contact (UTC).';
COMMENT ON COLUMN contacts.closed_at IS 'Import that no longer listed the contact (UTC); NULL while it is listed.';
