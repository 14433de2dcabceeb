-- One row per notification and name of the measure that it belongs to: what makes several notifications one case.
CREATE VIEW measure_keys AS
WITH documents AS (
    -- the United States notify drafts that stand in the Federal Register, whose number is in the link to the text
    SELECT
        notification_id,
        unnest(regexp_extract_all(link, '\b(?:19|20)\d\d-\d{4,5}\b')) AS number
    FROM (
        SELECT
            notification_id,
            unnest(document_links) AS link
        FROM notifications
    ) AS linked
    WHERE link SIMILAR TO 'https?://(www\.)?(federalregister|govinfo|gpo)\.gov/.*'
)

SELECT
    s.notification_id,
    s.case_root AS measure_key,
    list_position(n.symbols, s.symbol) AS rank
FROM notification_symbols AS s
INNER JOIN notifications AS n USING (notification_id)
UNION ALL
SELECT
    notification_id,
    notification_id AS measure_key,
    1 AS rank
FROM notifications
WHERE len(symbols) = 0
UNION ALL
SELECT DISTINCT
    documents.notification_id,
    published.notification_id AS measure_key,
    1000 AS rank
FROM documents
INNER JOIN notifications AS published ON published.notification_id = 'FR-' || documents.number
WHERE published.notification_id <> documents.notification_id;
COMMENT ON VIEW measure_keys IS
'One row per notification and name of the measure that it belongs to: what makes several notifications one case.';
COMMENT ON COLUMN measure_keys.notification_id IS 'Notification.';
COMMENT ON COLUMN measure_keys.measure_key IS
'Case root of a symbol, own id where there is no symbol, or the Federal Register document that a link names.';
COMMENT ON COLUMN measure_keys.rank IS 'Order in which the names are taken for the case: the first symbol first.';
