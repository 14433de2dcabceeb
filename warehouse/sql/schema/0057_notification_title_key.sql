-- Hash of the words of the title, without case, accents and punctuation; the same for joint texts; empty without words.
ALTER TABLE notifications ADD COLUMN title_key VARCHAR DEFAULT '';
-- reckoned once: every look for a translation asks for it, and it costs more than the look itself
UPDATE notifications SET title_key = title_key(title);
COMMENT ON COLUMN notifications.title_key IS
'Hash of the words of the title, without case, accents and punctuation; the same for joint texts; empty without words.';
