-- One row per incoming mail or click that was read, without address and text: each is acted on once.
CREATE TABLE inbound_mails (
    inbound_key VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL CHECK (kind IN (
        'hard-bounce', 'soft-bounce', 'delayed', 'reply', 'auto-reply', 'unsubscribe', 'other'
    )),
    received_at TIMESTAMPTZ,
    read_at TIMESTAMPTZ NOT NULL,
    mail_id VARCHAR,
    contact_id VARCHAR,
    smtp_status VARCHAR NOT NULL,
    detail VARCHAR NOT NULL
);
COMMENT ON TABLE inbound_mails IS
'One row per incoming mail or click that was read, without address and text: each is acted on once.';
COMMENT ON COLUMN inbound_mails.inbound_key IS 'Hash of the Message-ID, else of the content.';
COMMENT ON COLUMN inbound_mails.kind IS
'hard-bounce, soft-bounce, delayed, reply, auto-reply, unsubscribe or other (nothing for the program).';
COMMENT ON COLUMN inbound_mails.received_at IS 'When it came in (UTC); NULL where it does not say.';
COMMENT ON COLUMN inbound_mails.read_at IS 'When the program read it (UTC).';
COMMENT ON COLUMN inbound_mails.mail_id IS 'Mail of ours that it refers to; NULL where it refers to none.';
COMMENT ON COLUMN inbound_mails.contact_id IS 'Contact that it comes from or speaks of; NULL where nobody is known.';
COMMENT ON COLUMN inbound_mails.smtp_status IS 'Enhanced status of a bounce (RFC 3463); else empty.';
COMMENT ON COLUMN inbound_mails.detail IS 'Why it came back, without addresses; nothing of the text of a reply.';
