-- One row per released issue with the numbers that it prints, without who released it.
CREATE TABLE bulletin_issues AS
SELECT
    * EXCLUDE (released_by, in_spite_of, facts, facts_restricted),
    (facts::JSON ->> '$.totals.n_symbols')::INTEGER AS printed_symbols,
    (facts::JSON ->> '$.totals.n_measures')::INTEGER AS printed_measures,
    (facts::JSON ->> '$.relevance.n_measures')::INTEGER AS printed_relevant_measures,
    (facts::JSON ->> '$.relevance.n_firms')::INTEGER AS printed_firms
FROM warehouse.bulletin_issues;
COMMENT ON COLUMN bulletin_issues.printed_symbols IS
'Notifications of the month (件) as the public version prints them.';
COMMENT ON COLUMN bulletin_issues.printed_measures IS 'Measures of the month (项) as the public version prints them.';
COMMENT ON COLUMN bulletin_issues.printed_relevant_measures IS
'Measures that concern firms of the list (项) as the public version prints them.';
COMMENT ON COLUMN bulletin_issues.printed_firms IS 'Firms concerned (家) as the public version prints them.';
