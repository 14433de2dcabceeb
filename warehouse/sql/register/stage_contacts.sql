-- One row per contact of the imported list.
CREATE OR REPLACE TEMP TABLE listed_contacts AS
SELECT
    unnest($exporter_id::VARCHAR[]) AS exporter_id,
    unnest($email::VARCHAR[]) AS email,
    unnest($post::VARCHAR[]) AS post
