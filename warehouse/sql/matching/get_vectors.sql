-- One row per cached vector among $keys.
SELECT
    vector_key,
    vector
FROM text_vectors
WHERE vector_key IN (SELECT unnest(from_json($keys, '["VARCHAR"]')))
