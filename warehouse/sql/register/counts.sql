-- One row: what the last import did to the register.
SELECT
    (SELECT count(*) FROM exporters WHERE closed_at IS NULL)::INTEGER AS n_exporters,
    (SELECT count(*) FROM product_lines WHERE closed_at IS NULL)::INTEGER AS n_lines,
    count(*) FILTER (field_name = 'standing' AND old_value IS NULL AND line_id <> '')::INTEGER AS n_lines_new,
    count(DISTINCT line_id) FILTER (field_name <> 'standing' AND line_id <> '')::INTEGER AS n_lines_changed,
    count(*) FILTER (field_name = 'standing' AND old_value = 'closed' AND line_id <> '')::INTEGER AS n_lines_reopened,
    count(*) FILTER (field_name = 'standing' AND new_value = 'closed' AND line_id <> '')::INTEGER AS n_lines_closed,
    count(*) FILTER (field_name = 'standing' AND new_value = 'closed' AND line_id = '')::INTEGER AS n_exporters_closed
FROM register_changes
WHERE run_id = $run_id
