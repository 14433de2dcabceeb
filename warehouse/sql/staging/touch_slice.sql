-- Marks one of $n_slices parts of all notifications as touched.
CREATE OR REPLACE TEMP TABLE touched AS
SELECT DISTINCT notification_id
FROM raw_notifications
WHERE hash(notification_id) % $n_slices = $remainder
