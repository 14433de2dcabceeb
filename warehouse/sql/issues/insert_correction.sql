-- Keeps a correction that an issue prints.
INSERT INTO bulletin_corrections
VALUES ($printed_in, $corrects, $case_id, $field_name, $value, $sentence)
