-- One row per corrigendum of the cases $case_ids, with the document of the case that its symbol says it corrects.
SELECT
    c.case_id,
    n.notification_id,
    n.first_seen_at,
    (
        SELECT max(main.notification_id)
        FROM case_notifications AS sibling
        INNER JOIN notifications AS main USING (notification_id)
        WHERE
            sibling.case_id = c.case_id
            AND list_has_any(
                main.symbols,
                list_transform(n.symbols, lambda s: regexp_replace(s, '/Corr\.\d+$', '')) -- noqa: CP01
            )
    ) AS corrects
FROM case_notifications AS c
INNER JOIN notifications AS n USING (notification_id)
WHERE n.kind = 'corrigendum' AND c.case_id IN (SELECT unnest($case_ids))
ORDER BY c.case_id, n.distribution_date NULLS FIRST, n.notification_id
