-- One row: counts and latest moments of what cases are opened and events derived from.
CREATE VIEW case_sources AS
SELECT
    concat_ws(
        '|',
        (SELECT concat_ws(',', count(*), sum(n_versions), max(last_seen_at)) FROM notifications),
        (SELECT concat_ws(',', count(*), max(matched_at)) FROM matches),
        (SELECT concat_ws(',', count(*), max(judged_at)) FROM judgements),
        (
            SELECT concat_ws(',', count(*), count(accepted_at), count(ended_at), max(attempted_at), max(ended_at))
            FROM mails
        ),
        (SELECT concat_ws(',', count(*), count(closed_at), max(last_listed_at)) FROM product_lines),
        (SELECT count(*) FROM case_events)
    ) AS mark;
COMMENT ON VIEW case_sources IS 'One row: counts and latest moments of what cases are opened and events derived from.';
COMMENT ON COLUMN case_sources.mark IS 'The same text means that nothing has changed.';
