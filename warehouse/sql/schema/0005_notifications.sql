-- One row per notification as it stands now: derived from raw_notifications and built again after each load.
CREATE TABLE notifications (
    notification_id VARCHAR PRIMARY KEY,
    symbols VARCHAR[] NOT NULL,
    channel VARCHAR NOT NULL,
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
    content_hash VARCHAR NOT NULL,
    n_versions INTEGER NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE notifications IS
'One row per notification as it stands now: derived from raw_notifications and built again after each load.';
COMMENT ON COLUMN notifications.notification_id IS 'The stated id of the interchange form, else the first symbol.';
COMMENT ON COLUMN notifications.symbols IS 'All document symbols; a joint notification has several.';
COMMENT ON COLUMN notifications.channel IS
'How it became known: wto (notified to the WTO; only these count as notifications), legislation or recall.';
COMMENT ON COLUMN notifications.area IS 'TBT or SPS; empty where no source says.';
COMMENT ON COLUMN notifications.kind IS 'regular, revision, addendum, corrigendum, supplement, emergency or unknown.';
COMMENT ON COLUMN notifications.is_emergency IS
'Whether the notification, or the one that it amends, is an emergency notification.';
COMMENT ON COLUMN notifications.notification_type IS 'Type as the source words it.';
COMMENT ON COLUMN notifications.member_names IS 'Notifying members as the source names them.';
COMMENT ON COLUMN notifications.member_codes IS
'Notifying members: ISO 3166-1 alpha-3, EU, or the WTO token; all members of a joint notification.';
COMMENT ON COLUMN notifications.distribution_date IS
'Date of distribution by the WTO Secretariat (Geneva); of publication in other channels.';
COMMENT ON COLUMN notifications.comment_deadline IS 'Final date for comments.';
COMMENT ON COLUMN notifications.comment_deadline_text IS 'Final date for comments where it is stated in words.';
COMMENT ON COLUMN notifications.adoption_date IS 'Proposed date of adoption.';
COMMENT ON COLUMN notifications.adoption_text IS 'Proposed date of adoption where it is stated in words.';
COMMENT ON COLUMN notifications.entry_into_force_date IS 'Proposed date of entry into force.';
COMMENT ON COLUMN notifications.entry_into_force_text IS
'Proposed date of entry into force where it is stated in words.';
COMMENT ON COLUMN notifications.title IS 'Title in the language of the source.';
COMMENT ON COLUMN notifications.description IS 'Description of content in the language of the source.';
COMMENT ON COLUMN notifications.products_text IS 'Products covered, free text.';
COMMENT ON COLUMN notifications.hs_codes IS 'HS codes as notified, digits only.';
COMMENT ON COLUMN notifications.ics_codes IS 'ICS codes as notified.';
COMMENT ON COLUMN notifications.objectives IS 'Objectives as the source words them.';
COMMENT ON COLUMN notifications.keywords IS 'Keywords as the source words them.';
COMMENT ON COLUMN notifications.affected_regions IS 'Regions or countries likely to be affected, as worded.';
COMMENT ON COLUMN notifications.lang IS 'Language of title and description, ISO 639-1; empty where unknown.';
COMMENT ON COLUMN notifications.url IS 'Page of the notification for a human reader.';
COMMENT ON COLUMN notifications.document_links IS 'Links to the notified texts.';
COMMENT ON COLUMN notifications.notification_links IS 'Links to the WTO document by language.';
COMMENT ON COLUMN notifications.content_hash IS
'Hash of the current versions behind this row: what later stages compare to see a change.';
COMMENT ON COLUMN notifications.n_versions IS 'Number of versions seen, over all sources.';
COMMENT ON COLUMN notifications.first_seen_at IS 'First successful collection (UTC): the 72-hour clock starts here.';
COMMENT ON COLUMN notifications.last_seen_at IS 'Last time a source showed it (UTC).';
