-- Keeps count of what the load has touched, part by part.
INSERT INTO touched_by_load
FROM touched
ON CONFLICT DO NOTHING
