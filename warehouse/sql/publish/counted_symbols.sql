-- One row per document symbol that the bulletin counts (件).
CREATE TABLE counted_symbols AS
SELECT *
FROM warehouse.counted_symbols;
