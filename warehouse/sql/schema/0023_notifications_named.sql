-- The notifications meant by an id, a document symbol or a case: what officers read on a screen they may type.
CREATE MACRO notifications_named(key) AS TABLE
    SELECT notification_id
    FROM notifications
    WHERE notification_id = key OR list_contains(symbols, key)
    UNION
    SELECT notification_id
    FROM case_notifications
    WHERE case_id = key;
COMMENT ON MACRO TABLE notifications_named IS 'The notifications meant by an id, a document symbol or a case.'; -- noqa: PRS
