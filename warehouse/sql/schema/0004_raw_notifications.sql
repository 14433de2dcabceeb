-- One row per version of a record that a source has shown: facts as they came, never changed afterwards.
CREATE TABLE raw_notifications (
    source VARCHAR NOT NULL,
    source_key VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    payload JSON NOT NULL,
    notification_id VARCHAR NOT NULL,
    symbols VARCHAR[] NOT NULL,
    channel VARCHAR NOT NULL CHECK (channel IN ('wto', 'legislation', 'recall')),
    area VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    is_emergency BOOLEAN NOT NULL,
    notification_type VARCHAR NOT NULL,
    member_names VARCHAR[] NOT NULL,
    member_codes VARCHAR[] NOT NULL,
    distribution_date DATE,
    comment_deadline DATE,
    comment_deadline_text VARCHAR NOT NULL,
    adoption_date DATE,
    adoption_text VARCHAR NOT NULL,
    entry_into_force_date DATE,
    entry_into_force_text VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    products_text VARCHAR NOT NULL,
    hs_codes VARCHAR[] NOT NULL,
    ics_codes VARCHAR[] NOT NULL,
    objectives VARCHAR[] NOT NULL,
    keywords VARCHAR[] NOT NULL,
    affected_regions VARCHAR NOT NULL,
    lang VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    document_links VARCHAR[] NOT NULL,
    notification_links MAP(VARCHAR, VARCHAR) NOT NULL, -- noqa: LT01
    run_id VARCHAR NOT NULL,
    row_number INTEGER,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    last_load INTEGER NOT NULL,
    PRIMARY KEY (source, source_key, content_hash)
);
COMMENT ON TABLE raw_notifications IS
'One row per version of a record that a source has shown: facts as they came, never changed afterwards.';
COMMENT ON COLUMN raw_notifications.source IS 'Source that showed the record.';
COMMENT ON COLUMN raw_notifications.source_key IS
'Key of the record within its source; a joint notification in ePing is one record a member.';
COMMENT ON COLUMN raw_notifications.content_hash IS 'SHA-256 of fields and payload; a changed record is a new row.';
COMMENT ON COLUMN raw_notifications.payload IS 'The source''s own fields, as they came.';
COMMENT ON COLUMN raw_notifications.notification_id IS 'The stated id of the interchange form, else the first symbol.';
COMMENT ON COLUMN raw_notifications.symbols IS 'All document symbols of the notification, canonical spelling.';
COMMENT ON COLUMN raw_notifications.channel IS
'How it became known: wto (notified to the WTO), legislation (a market''s own gazette or consultation) or recall.';
COMMENT ON COLUMN raw_notifications.area IS 'TBT or SPS; empty where the source does not say.';
COMMENT ON COLUMN raw_notifications.kind IS
'regular, revision, addendum, corrigendum, supplement, emergency or unknown.';
COMMENT ON COLUMN raw_notifications.is_emergency IS
'Whether the notification, or the one that it amends, is an emergency notification.';
COMMENT ON COLUMN raw_notifications.notification_type IS 'Type as the source words it.';
COMMENT ON COLUMN raw_notifications.member_names IS 'Notifying members as the source names them.';
COMMENT ON COLUMN raw_notifications.member_codes IS 'Notifying members: ISO 3166-1 alpha-3, EU, or the WTO token.';
COMMENT ON COLUMN raw_notifications.distribution_date IS
'Date of distribution by the WTO Secretariat (Geneva); of publication in other channels.';
COMMENT ON COLUMN raw_notifications.comment_deadline IS 'Final date for comments.';
COMMENT ON COLUMN raw_notifications.comment_deadline_text IS 'Final date for comments where it is stated in words.';
COMMENT ON COLUMN raw_notifications.adoption_date IS 'Proposed date of adoption.';
COMMENT ON COLUMN raw_notifications.adoption_text IS 'Proposed date of adoption where it is stated in words.';
COMMENT ON COLUMN raw_notifications.entry_into_force_date IS 'Proposed date of entry into force.';
COMMENT ON COLUMN raw_notifications.entry_into_force_text IS
'Proposed date of entry into force where it is stated in words.';
COMMENT ON COLUMN raw_notifications.title IS 'Title in the language of the source.';
COMMENT ON COLUMN raw_notifications.description IS 'Description of content in the language of the source.';
COMMENT ON COLUMN raw_notifications.products_text IS 'Products covered, free text.';
COMMENT ON COLUMN raw_notifications.hs_codes IS 'HS codes as notified, digits only, in order, without repetition.';
COMMENT ON COLUMN raw_notifications.ics_codes IS 'ICS codes as notified.';
COMMENT ON COLUMN raw_notifications.objectives IS 'Objectives as the source words them.';
COMMENT ON COLUMN raw_notifications.keywords IS 'Keywords as the source words them.';
COMMENT ON COLUMN raw_notifications.affected_regions IS 'Regions or countries likely to be affected, as worded.';
COMMENT ON COLUMN raw_notifications.lang IS 'Language of title and description, ISO 639-1; empty where unknown.';
COMMENT ON COLUMN raw_notifications.url IS 'Page of the notification for a human reader.';
COMMENT ON COLUMN raw_notifications.document_links IS 'Links to the notified texts.';
COMMENT ON COLUMN raw_notifications.notification_links IS 'Links to the WTO document by language.';
COMMENT ON COLUMN raw_notifications.run_id IS 'Run that brought this version first.';
COMMENT ON COLUMN raw_notifications.row_number IS 'Row of the input file, where there was one.';
COMMENT ON COLUMN raw_notifications.first_seen_at IS 'First successful collection of this version (UTC).';
COMMENT ON COLUMN raw_notifications.last_seen_at IS 'Last time the source showed this version (UTC).';
COMMENT ON COLUMN raw_notifications.last_load IS
'Number of the load that showed this version last: the version loaded last is current, whatever the clock said.';
