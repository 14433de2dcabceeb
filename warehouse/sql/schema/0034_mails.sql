-- One row per mail to one contact of a firm: the outbox.
CREATE TABLE mails (
    mail_id VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL CHECK (kind IN ('alert', 'update', 'daily', 'weekly', 'bundle')),
    contact_id VARCHAR NOT NULL,
    exporter_id VARCHAR NOT NULL,
    state VARCHAR NOT NULL CHECK (state IN (
        'queued', 'sending', 'accepted', 'retry', 'failed', 'bounced', 'in-doubt', 'withdrawn'
    )),
    message_id VARCHAR NOT NULL UNIQUE,
    transport VARCHAR NOT NULL,
    n_attempts INTEGER NOT NULL,
    smtp_code INTEGER,
    smtp_status VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    settled_by VARCHAR NOT NULL,
    queued_at TIMESTAMPTZ NOT NULL,
    attempted_at TIMESTAMPTZ,
    next_attempt_at TIMESTAMPTZ,
    accepted_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ
);
COMMENT ON TABLE mails IS 'One row per mail to one contact of a firm: the outbox.';
COMMENT ON COLUMN mails.mail_id IS 'Hash of the alerts that it was made for and of its contact.';
COMMENT ON COLUMN mails.kind IS
'alert, update, or a digest of several alerts: daily, weekly, bundle (joined because of the cap a day).';
COMMENT ON COLUMN mails.contact_id IS 'Contact; the address stands in contacts.';
COMMENT ON COLUMN mails.exporter_id IS 'Firm.';
COMMENT ON COLUMN mails.state IS
'queued, sending (handed over, no answer yet), accepted, retry, failed, bounced, in-doubt or withdrawn.';
COMMENT ON COLUMN mails.message_id IS 'Message-ID header: the same for every attempt.';
COMMENT ON COLUMN mails.transport IS 'What it was handed to last: smtp, eml (a file) or empty.';
COMMENT ON COLUMN mails.n_attempts IS 'Attempts so far.';
COMMENT ON COLUMN mails.smtp_code IS 'Last reply code of the server (RFC 5321); NULL where a file was written.';
COMMENT ON COLUMN mails.smtp_status IS
'Enhanced status of the last reply or bounce (RFC 3463), such as 5.1.1; else empty.';
COMMENT ON COLUMN mails.detail IS 'Last reply, bounce or error, without addresses.';
COMMENT ON COLUMN mails.settled_by IS 'Officer who found out what became of a mail in doubt; else empty.';
COMMENT ON COLUMN mails.queued_at IS 'When it was queued (UTC).';
COMMENT ON COLUMN mails.attempted_at IS 'Last attempt (UTC).';
COMMENT ON COLUMN mails.next_attempt_at IS 'Not before this moment it is tried again (UTC).';
COMMENT ON COLUMN mails.accepted_at IS 'When the server or the outbox folder took it (UTC): the delivery evidence.';
COMMENT ON COLUMN mails.ended_at IS 'When it failed, bounced, fell into doubt or was withdrawn (UTC).';
