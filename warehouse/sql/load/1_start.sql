-- One row per notification that the load has touched so far.
CREATE OR REPLACE TEMP TABLE touched_by_load (
    notification_id VARCHAR PRIMARY KEY
)
