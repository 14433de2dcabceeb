-- One row per case that the issue of a period speaks of, besides those of its relevant lines.
SELECT case_id
FROM cases
WHERE clock_started_at >= $first_instant AND clock_started_at < $end_instant
UNION
-- an addendum started the clock anew, or comments, concerns and consultations went on
SELECT case_id
FROM case_events
WHERE
    occurred_at >= $first_instant
    AND occurred_at < $end_instant
    AND kind IN (
        'restarted', 'comment-submitted', 'comment-answered', 'concern-linked', 'concern-proposed', 'consulted'
    )
UNION
SELECT c.case_id
FROM case_notifications AS c
INNER JOIN notifications AS n USING (notification_id)
WHERE
    n.comment_deadline >= $issue_date
    OR n.adoption_date >= $issue_date
    OR n.entry_into_force_date >= $issue_date
UNION
SELECT case_id
FROM unsettled_cases($required)
ORDER BY case_id
