-- One row per specific trade concern (特别贸易关注) as it stands now.
CREATE TABLE concerns AS
SELECT *
FROM warehouse.concerns;
