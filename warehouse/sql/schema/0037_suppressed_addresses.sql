-- One row per address that must not be written to, whatever firm lists it; only its hash is known.
CREATE TABLE suppressed_addresses (
    address_hash VARCHAR PRIMARY KEY,
    reason VARCHAR NOT NULL CHECK (reason IN ('erased', 'unsubscribed')),
    since TIMESTAMPTZ NOT NULL,
    basis VARCHAR NOT NULL
);
COMMENT ON TABLE suppressed_addresses IS
'One row per address that must not be written to, whatever firm lists it; only its hash is known.';
COMMENT ON COLUMN suppressed_addresses.address_hash IS 'SHA-256 of the address in lower case.';
COMMENT ON COLUMN suppressed_addresses.reason IS
'erased: an import does not take it in again; unsubscribed: every contact with it is unsubscribed.';
COMMENT ON COLUMN suppressed_addresses.since IS 'Since when (UTC).';
COMMENT ON COLUMN suppressed_addresses.basis IS 'On what ground, without addresses.';
