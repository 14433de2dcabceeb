-- One row per case, start of its clock and milestone: until when the response policy wants it done.
CREATE TABLE case_limits AS
SELECT * EXCLUDE (basis)
FROM warehouse.case_limits;
