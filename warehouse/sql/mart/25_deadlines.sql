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
    -- an addendum to the measure often gives more time
    coalesce(stated.deadline_kind = 'comment' AND measures.effective_deadline > stated.due_date, FALSE)
        AS is_superseded,
    CASE WHEN stated.deadline_kind = 'comment' THEN measures.effective_deadline ELSE stated.due_date END
        AS effective_date,
    measures.measure,
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
INNER JOIN mart.measure_deadlines AS measures ON stated.notification_id = measures.notification_id
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
'Whether another notification of the same measure or case gives more time for comments.';
COMMENT ON COLUMN mart.deadlines.effective_date IS
'Date that holds: for comments the latest one among the notifications of the measure, else the date as stated.';
COMMENT ON COLUMN mart.deadlines.measure IS 'Measure, by which several notifications of it count as one.';
COMMENT ON COLUMN mart.deadlines.n_firms IS 'Firms that the notification concerns.';
