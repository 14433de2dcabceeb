-- Keeps the hash of the address of a contact among those that are not written to; an erased one stays erased.
INSERT INTO suppressed_addresses BY NAME
SELECT
    address_hash,
    $reason AS reason,
    $since AS since,
    without_addresses($basis::VARCHAR) AS basis
FROM contacts
WHERE contact_id = $contact_id
ON CONFLICT (address_hash) DO UPDATE SET
    reason = excluded.reason, since = excluded.since, basis = excluded.basis
WHERE suppressed_addresses.reason <> 'erased'
AND (excluded.reason = 'erased' OR excluded.since >= suppressed_addresses.since)
