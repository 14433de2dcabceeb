-- One row per printed fact of an earlier issue that a later issue put right.
CREATE VIEW mart.bulletin_corrections AS
SELECT
    c.printed_in,
    later.report_month AS printed_in_month,
    c.corrects,
    earlier.report_month AS corrects_month,
    c.case_id,
    c.field_name,
    c.value,
    c.sentence
FROM main.bulletin_corrections AS c
LEFT JOIN main.bulletin_issues AS later ON c.printed_in = later.overall
LEFT JOIN main.bulletin_issues AS earlier ON c.corrects = earlier.overall;
COMMENT ON COLUMN mart.bulletin_corrections.printed_in_month IS 'Month that this issue reports on, YYYY-MM.';
COMMENT ON COLUMN mart.bulletin_corrections.corrects_month IS 'Month that the corrected issue reports on, YYYY-MM.';
COMMENT ON COLUMN mart.bulletin_corrections.case_id IS 'Case of the item.';
COMMENT ON COLUMN mart.bulletin_corrections.field_name IS
'comment_deadline, adoption, entry, members, symbols or title.';
