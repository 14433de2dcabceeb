-- One row per notification of a case.
CREATE TABLE case_notifications (
    case_id VARCHAR NOT NULL,
    notification_id VARCHAR PRIMARY KEY
);
COMMENT ON TABLE case_notifications IS 'One row per notification of a case.';
COMMENT ON COLUMN case_notifications.case_id IS 'Case.';
COMMENT ON COLUMN case_notifications.notification_id IS
'Notification: the measure itself, its joint symbols, addenda, corrigenda.';
