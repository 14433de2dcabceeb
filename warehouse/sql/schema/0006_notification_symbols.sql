-- One row per notification and document symbol.
CREATE TABLE notification_symbols (
    notification_id VARCHAR NOT NULL,
    symbol VARCHAR NOT NULL,
    case_root VARCHAR NOT NULL,
    PRIMARY KEY (notification_id, symbol)
);
COMMENT ON TABLE notification_symbols IS 'One row per notification and document symbol.';
COMMENT ON COLUMN notification_symbols.notification_id IS 'Notification.';
COMMENT ON COLUMN notification_symbols.symbol IS 'Document symbol, e.g. G/TBT/N/USA/874/Add.13.';
COMMENT ON COLUMN notification_symbols.case_root IS
'Symbol of the measure that it belongs to: without addenda, corrigenda and supplements, with revisions.';
