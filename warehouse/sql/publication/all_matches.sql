-- One row per notification that was matched or judged: all of them are written.
CREATE OR REPLACE TEMP TABLE changed_matches AS
SELECT notification_id
FROM warehouse.effective_matches
UNION
SELECT notification_id
FROM warehouse.match_evidence
UNION
SELECT notification_id
FROM warehouse.matched_notifications
