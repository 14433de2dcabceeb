-- Takes the address of a contact off those that are not written to, where it stood there before the wish.
DELETE FROM suppressed_addresses
WHERE
    reason = 'unsubscribed'
    AND since <= $occurred_at
    AND address_hash IN (SELECT c.address_hash FROM contacts AS c WHERE c.contact_id = $contact_id)
