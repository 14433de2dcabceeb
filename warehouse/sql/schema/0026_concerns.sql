-- One row per specific trade concern (特别贸易关注) as it stands now.
CREATE VIEW concerns AS
WITH current_versions AS (
    SELECT *
    FROM raw_concerns
    QUALIFY
        row_number() OVER (
            PARTITION BY source, source_key ORDER BY last_load DESC, coalesce(row_number, 0) DESC, content_hash
        ) = 1
)

SELECT
    c.concern_id,
    c.area,
    c.number,
    c.title,
    c.responding_members,
    c.raising_members,
    c.supporting_members,
    c.member_names,
    c.first_raised,
    c.last_raised,
    c.n_times_raised,
    c.symbols,
    c.status,
    c.products_text,
    c.hs_codes,
    c.objectives,
    c.description,
    c.lang,
    c.url,
    c.source,
    c.last_seen_at
FROM current_versions AS c
INNER JOIN sources USING (source)
QUALIFY row_number() OVER (PARTITION BY c.concern_id ORDER BY sources.priority DESC, c.source, c.source_key) = 1;
COMMENT ON VIEW concerns IS 'One row per specific trade concern (特别贸易关注) as it stands now.';
COMMENT ON COLUMN concerns.concern_id IS 'Area and number of the concern, e.g. TBT-345.';
COMMENT ON COLUMN concerns.area IS 'TBT or SPS.';
COMMENT ON COLUMN concerns.number IS 'Number of the concern as the source gives it.';
COMMENT ON COLUMN concerns.title IS 'Title in the language of the source.';
COMMENT ON COLUMN concerns.responding_members IS 'Members whose measure it is.';
COMMENT ON COLUMN concerns.raising_members IS 'Members that raised it.';
COMMENT ON COLUMN concerns.supporting_members IS 'Members that supported it.';
COMMENT ON COLUMN concerns.member_names IS 'Names of members as given that no code is known for.';
COMMENT ON COLUMN concerns.first_raised IS 'First day of the meeting where it was first raised, as far as stated.';
COMMENT ON COLUMN concerns.last_raised IS 'First day of the meeting where it was last raised, as far as stated.';
COMMENT ON COLUMN concerns.n_times_raised IS 'Times raised in all, the first included.';
COMMENT ON COLUMN concerns.symbols IS 'Notifications that it is about.';
COMMENT ON COLUMN concerns.status IS 'Status as the source words it.';
COMMENT ON COLUMN concerns.products_text IS 'Products, free text.';
COMMENT ON COLUMN concerns.hs_codes IS 'HS codes, digits only.';
COMMENT ON COLUMN concerns.objectives IS 'Objectives of the measure as the source words them.';
COMMENT ON COLUMN concerns.description IS 'What the concern is, in the language of the source.';
COMMENT ON COLUMN concerns.lang IS 'Language of the title, ISO 639-1; empty where unknown.';
COMMENT ON COLUMN concerns.url IS 'Page of the concern for a human reader.';
COMMENT ON COLUMN concerns.source IS 'Source that is shown: the one of the highest priority.';
COMMENT ON COLUMN concerns.last_seen_at IS 'Last time the source showed it (UTC).';
