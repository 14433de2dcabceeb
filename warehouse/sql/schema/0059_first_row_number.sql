-- Row of the input file that brought this version first, where there was one; NULL where only a later one is known.
ALTER TABLE raw_notifications ADD COLUMN first_row_number INTEGER;
-- of what was seen again before this column was there, row_number is of the last file
UPDATE raw_notifications SET first_row_number = row_number
WHERE first_seen_at = last_seen_at;
COMMENT ON COLUMN raw_notifications.first_row_number IS
'Row of the input file that brought this version first, where there was one; NULL where only a later one is known.';
COMMENT ON COLUMN raw_notifications.row_number IS
'Row of the input file that showed this version last, where there was one.';
