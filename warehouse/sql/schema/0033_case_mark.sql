-- One row: what the cases were last derived from.
CREATE TABLE case_mark (
    policy VARCHAR NOT NULL,
    mark VARCHAR NOT NULL
);
COMMENT ON TABLE case_mark IS 'One row: what the cases were last derived from.';
COMMENT ON COLUMN case_mark.policy IS 'Response policy under which cases were opened.';
COMMENT ON COLUMN case_mark.mark IS 'Counts and latest moments of what cases are derived from.';
