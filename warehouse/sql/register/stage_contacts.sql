-- One row per contact of the imported list; an address that was erased is not taken in again.
CREATE OR REPLACE TEMP TABLE listed_contacts AS
WITH stated AS (
    SELECT
        unnest($contact_id::VARCHAR[]) AS contact_id,
        unnest($exporter_id::VARCHAR[]) AS exporter_id,
        unnest($email::VARCHAR[]) AS email,
        unnest($address_hash::VARCHAR[]) AS address_hash,
        unnest($post::VARCHAR[]) AS post,
        unnest($unsubscribe_token::VARCHAR[]) AS unsubscribe_token,
        $purpose::VARCHAR AS purpose,
        $basis::VARCHAR AS basis
)

SELECT *
FROM stated
WHERE address_hash NOT IN (SELECT s.address_hash FROM suppressed_addresses AS s WHERE s.reason = 'erased')
