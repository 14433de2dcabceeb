-- File below landing/ of the home that brought this version first; NULL where it was loaded before 0.2.
ALTER TABLE raw_notifications ADD COLUMN landing_file VARCHAR;
COMMENT ON COLUMN raw_notifications.landing_file IS
'File below landing/ of the home that brought this version first; NULL where it was loaded before 0.2.';
