-- One row per firm of a list that carries an address which was erased, with how many it carries.
WITH stated AS (
    SELECT
        unnest($exporter_id::VARCHAR[]) AS exporter_id,
        unnest($address_hash::VARCHAR[]) AS address_hash
)

SELECT
    exporter_id,
    count(DISTINCT address_hash)::INTEGER AS n_addresses
FROM stated
INNER JOIN suppressed_addresses USING (address_hash)
WHERE suppressed_addresses.reason = 'erased'
GROUP BY exporter_id
ORDER BY exporter_id
