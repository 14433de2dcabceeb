-- Short names (简称) as listed, several parted by 、; looked for in what goes out, published nowhere.
ALTER TABLE exporters ADD COLUMN short_name VARCHAR DEFAULT '';
COMMENT ON COLUMN exporters.short_name IS
'Short names (简称) as listed, several parted by 、; looked for in what goes out, published nowhere.';
