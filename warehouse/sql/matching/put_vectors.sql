-- Adds encoded texts to the cache.
INSERT INTO text_vectors
SELECT
    unnest($keys),
    unnest($vectors)
ON CONFLICT DO NOTHING
