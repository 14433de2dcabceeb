-- One row: the copy before, if one can be built on: made in the same way, not too often since one was written from
-- nothing, and with the sources standing as they do now.
SELECT
    publication,
    n_since_full
FROM published.published
WHERE
    definition = getvariable('definition')
    AND n_since_full < getvariable('full_every')
    AND NOT EXISTS (
        SELECT 1
        FROM published.sources AS before
        INNER JOIN warehouse.sources AS now USING (source)
        WHERE before.priority <> now.priority
    )
