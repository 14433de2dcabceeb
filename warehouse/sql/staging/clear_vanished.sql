-- Removes the machine's matches of touched notifications that no source record carries any longer.
DELETE FROM matches
WHERE
    notification_id IN (FROM touched)
    AND notification_id NOT IN (SELECT notification_id FROM notifications);
DELETE FROM match_evidence
WHERE
    notification_id IN (FROM touched)
    AND notification_id NOT IN (SELECT notification_id FROM notifications);
DELETE FROM matched_notifications
WHERE
    notification_id IN (FROM touched)
    AND notification_id NOT IN (SELECT notification_id FROM notifications);
