-- One row per notification and kind of deadline that it states: comments, adoption, entry into force.
CREATE VIEW mart.deadlines AS
WITH stated AS (
    SELECT
        *,
        'comment' AS deadline_kind,
        comment_deadline AS due_date,
        comment_deadline_text AS due_text
    FROM mart.notifications
    UNION ALL
    SELECT
        *,
        'adoption' AS deadline_kind,
        adoption_date AS due_date,
        adoption_text AS due_text
    FROM mart.notifications
    UNION ALL
    SELECT
        *,
        'entry-into-force' AS deadline_kind,
        entry_into_force_date AS due_date,
        entry_into_force_text AS due_text
    FROM mart.notifications
),

later AS (
    -- an addendum to the measure often gives more time
    SELECT
        case_id,
        max(comment_deadline) AS comment_deadline
    FROM main.case_notifications
    INNER JOIN main.notifications USING (notification_id)
    GROUP BY case_id
)

SELECT
    stated.notification_id,
    stated.symbol,
    stated.deadline_kind,
    words.name_zh AS deadline_kind_zh,
    stated.due_date,
    stated.due_text,
    (stated.due_date - today.office_day)::INTEGER AS days_left,
    coalesce(stated.due_date >= today.office_day, FALSE) AS is_open,
    coalesce(stated.deadline_kind = 'comment' AND later.comment_deadline > stated.due_date, FALSE) AS is_superseded,
    stated.member_codes,
    stated.members_text,
    stated.members_zh,
    stated.area,
    stated.kind,
    stated.title,
    stated.title_zh,
    stated.distribution_date,
    stated.case_id,
    stated.match_level,
    stated.n_firms
FROM stated
CROSS JOIN mart.office_day AS today
INNER JOIN mart.vocabulary AS words ON words.field = 'deadline_kind' AND stated.deadline_kind = words.code
LEFT JOIN later ON stated.case_id = later.case_id
WHERE stated.due_date IS NOT NULL OR stated.due_text <> '';
COMMENT ON COLUMN mart.deadlines.symbol IS 'First document symbol; empty where it has none.';
COMMENT ON COLUMN mart.deadlines.deadline_kind IS 'comment, adoption or entry-into-force.';
COMMENT ON COLUMN mart.deadlines.deadline_kind_zh IS 'Kind of deadline in Chinese.';
COMMENT ON COLUMN mart.deadlines.due_date IS 'Date as stated; NULL where it is stated in words only.';
COMMENT ON COLUMN mart.deadlines.due_text IS 'Date as stated in words; empty where there are none.';
COMMENT ON COLUMN mart.deadlines.days_left IS
'Days from the office''s day of this copy; negative when it is over, NULL without a date.';
COMMENT ON COLUMN mart.deadlines.is_open IS 'Whether the date is not over; false without a date.';
COMMENT ON COLUMN mart.deadlines.is_superseded IS
'Whether another notification of the same case gives more time for comments.';
COMMENT ON COLUMN mart.deadlines.n_firms IS 'Firms that the notification concerns.';
