-- Lets an address that was erased be taken in again.
DELETE FROM suppressed_addresses
WHERE address_hash = $address_hash AND reason = 'erased'
RETURNING address_hash
