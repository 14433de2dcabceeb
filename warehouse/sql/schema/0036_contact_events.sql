-- One row per thing that happened to a contact: append-only, without addresses; the standing is derived from it.
CREATE TABLE contact_events (
    event_id VARCHAR PRIMARY KEY,
    event_number BIGINT NOT NULL,
    contact_id VARCHAR NOT NULL,
    exporter_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN (
        'suspended', 'resumed', 'unsubscribed', 'resubscribed', 'soft-bounced', 'replied', 'phoned',
        'erased', 'exported', 'purged'
    )),
    code VARCHAR NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    actor VARCHAR NOT NULL,
    detail VARCHAR NOT NULL
);
COMMENT ON TABLE contact_events IS
'One row per thing that happened to a contact: append-only, without addresses; the standing is derived from it.';
COMMENT ON COLUMN contact_events.event_id IS
'Hash of contact, kind and what caused it: the same happening twice is one row.';
COMMENT ON COLUMN contact_events.event_number IS 'Order of writing down, from 1.';
COMMENT ON COLUMN contact_events.contact_id IS 'Contact; empty where it concerns a firm without one.';
COMMENT ON COLUMN contact_events.exporter_id IS 'Firm.';
COMMENT ON COLUMN contact_events.kind IS 'What happened; docs/privacy.md says what each kind means.';
COMMENT ON COLUMN contact_events.code IS
'suspended: bounce, refused or officer; unsubscribed: one-click, mail, officer or page; else empty.';
COMMENT ON COLUMN contact_events.occurred_at IS 'When it happened (UTC).';
COMMENT ON COLUMN contact_events.recorded_at IS 'When it was written down (UTC).';
COMMENT ON COLUMN contact_events.actor IS 'machine, or who did it.';
COMMENT ON COLUMN contact_events.detail IS 'What happened or on what ground, without addresses.';
