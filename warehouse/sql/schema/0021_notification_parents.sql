-- One row per notification that amends another one that was collected: the nearest one above it.
CREATE VIEW notification_parents AS
WITH families AS (
    SELECT
        notification_id,
        symbol,
        regexp_replace(symbol, '(/(Rev|Add|Corr|Suppl)\.\d+)+$', '') AS core
    FROM notification_symbols
)

SELECT
    child.notification_id,
    arg_max(parent.notification_id, (length(parent.symbol), parent.notification_id)) AS parent_id
FROM families AS child
INNER JOIN families AS parent
    ON
        child.core = parent.core
        AND starts_with(child.symbol, parent.symbol || '/')
        AND child.notification_id <> parent.notification_id
GROUP BY child.notification_id;
COMMENT ON VIEW notification_parents IS
'One row per notification that amends another one that was collected: the nearest one above it.';
COMMENT ON COLUMN notification_parents.notification_id IS 'Addendum, revision, corrigendum or supplement.';
COMMENT ON COLUMN notification_parents.parent_id IS
'Notification that it amends: the longest symbol that its own begins with (Rev.1/Add.2 amends Rev.1).';
