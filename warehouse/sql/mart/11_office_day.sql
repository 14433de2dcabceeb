-- One row: the moment of this copy and the office's day (Asia/Shanghai) that days are counted from.
CREATE VIEW mart.office_day AS
SELECT
    published_at,
    (published_at AT TIME ZONE 'Asia/Shanghai')::DATE AS office_day
FROM main.published;
COMMENT ON COLUMN mart.office_day.office_day IS 'Day of the office (Asia/Shanghai) when this copy was made.';
