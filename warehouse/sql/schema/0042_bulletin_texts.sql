-- One row per text that an officer wrote for a bulletin; the latest of a slot holds.
CREATE TABLE bulletin_texts (
    seq BIGINT PRIMARY KEY,
    report_month VARCHAR NOT NULL,
    slot VARCHAR NOT NULL CHECK (regexp_full_match(slot, 'preface|content|effect|advice|(hint|correction):[1-9]')),
    case_id VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    written_by VARCHAR NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    source_file VARCHAR NOT NULL,
    CHECK ((case_id <> '') = (slot IN ('content', 'effect', 'advice')))
);
COMMENT ON TABLE bulletin_texts IS
'One row per text that an officer wrote for a bulletin; the latest of a slot holds.';
COMMENT ON COLUMN bulletin_texts.seq IS 'Order of writing.';
COMMENT ON COLUMN bulletin_texts.report_month IS 'Month reported on, YYYY-MM (Asia/Shanghai).';
COMMENT ON COLUMN bulletin_texts.slot IS
'preface (导语), content, effect, advice (of an item of part 三), hint:1 to hint:9 (工作提示), correction:1 to 9 (更正).';
COMMENT ON COLUMN bulletin_texts.case_id IS 'Item of part 三; empty for the other slots.';
COMMENT ON COLUMN bulletin_texts.text IS 'The text; empty takes an earlier one back.';
COMMENT ON COLUMN bulletin_texts.written_by IS 'Officer who brought it in.';
COMMENT ON COLUMN bulletin_texts.written_at IS 'When it was brought in (UTC).';
COMMENT ON COLUMN bulletin_texts.source_file IS 'Name of the workbook or Word file that it came in.';
