-- One row per thing that one contact is told of a case: what it said, and the mail that carries it.
CREATE TABLE alerts (
    alert_id VARCHAR PRIMARY KEY,
    mail_id VARCHAR NOT NULL,
    case_id VARCHAR NOT NULL,
    case_version INTEGER NOT NULL,
    contact_id VARCHAR NOT NULL,
    exporter_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL CHECK (kind IN ('alert', 'update')),
    is_reviewed BOOLEAN NOT NULL,
    match_level VARCHAR NOT NULL,
    line_ids VARCHAR[] NOT NULL,
    comment_deadline DATE,
    adoption_date DATE,
    entry_into_force_date DATE,
    UNIQUE (case_id, case_version, contact_id, kind)
);
COMMENT ON TABLE alerts IS
'One row per thing that one contact is told of a case: what it said, and the mail that carries it.';
COMMENT ON COLUMN alerts.alert_id IS 'Hash of case, version, contact and kind.';
COMMENT ON COLUMN alerts.mail_id IS 'Mail that carries it; a digest carries several.';
COMMENT ON COLUMN alerts.case_id IS 'Case.';
COMMENT ON COLUMN alerts.case_version IS
'1 is what the contact was told first of the case; each change that is told counts one up.';
COMMENT ON COLUMN alerts.contact_id IS 'Contact; the address stands in contacts.';
COMMENT ON COLUMN alerts.exporter_id IS 'Firm.';
COMMENT ON COLUMN alerts.kind IS 'alert (told first) or update (a date moved, or further products).';
COMMENT ON COLUMN alerts.is_reviewed IS
'Whether an officer confirmed all that it says; otherwise the mail says that a machine found it.';
COMMENT ON COLUMN alerts.match_level IS 'Highest level among the lines: warning or watch.';
COMMENT ON COLUMN alerts.line_ids IS 'Product lines that it names.';
COMMENT ON COLUMN alerts.comment_deadline IS 'Final date for comments as told.';
COMMENT ON COLUMN alerts.adoption_date IS 'Date of adoption as told.';
COMMENT ON COLUMN alerts.entry_into_force_date IS 'Date of entry into force as told.';
