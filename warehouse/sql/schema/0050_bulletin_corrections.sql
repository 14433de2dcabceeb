-- One row per printed fact of an earlier issue that a later issue put right.
CREATE TABLE bulletin_corrections (
    printed_in INTEGER NOT NULL,
    corrects INTEGER NOT NULL,
    case_id VARCHAR NOT NULL,
    field_name VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
    PRIMARY KEY (printed_in, corrects, case_id, field_name)
);
COMMENT ON TABLE bulletin_corrections IS
'One row per printed fact of an earlier issue that a later issue put right.';
COMMENT ON COLUMN bulletin_corrections.printed_in IS 'Issue that printed the correction.';
COMMENT ON COLUMN bulletin_corrections.corrects IS 'Issue that printed the fact.';
COMMENT ON COLUMN bulletin_corrections.case_id IS 'Case of the item.';
COMMENT ON COLUMN bulletin_corrections.field_name IS
'comment_deadline, adoption, entry, members, symbols or title.';
COMMENT ON COLUMN bulletin_corrections.value IS 'What holds, as the correction prints it.';
COMMENT ON COLUMN bulletin_corrections.sentence IS 'The correction as printed.';
