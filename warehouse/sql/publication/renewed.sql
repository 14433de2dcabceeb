-- One row per row to write after those with the hash of a surplus row were taken out: what fresh has of the same hash,
-- and what is missing otherwise. Whatever else shares a hash comes back with it.
SELECT *
FROM fresh
WHERE hash(fresh) IN (SELECT hash(surplus) FROM surplus)
UNION ALL
SELECT *
FROM missing
WHERE hash(missing) NOT IN (SELECT hash(surplus) FROM surplus)
