-- One row per decision of an officer on a pair; the officer's words only where the settings allow names of firms.
CREATE TABLE judgements AS
SELECT * EXCLUDE (judged_by) REPLACE (warehouse.published_reason(reason, '', getvariable('firm_names')) AS reason)
FROM warehouse.judgements;
COMMENT ON COLUMN judgements.reason IS
'Why, in the officer''s words, without contacts; empty unless the settings allow names of firms.';
