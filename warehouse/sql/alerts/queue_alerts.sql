-- Puts alerts into mails; the unique key (case, version, contact, kind) keeps each from being told twice.
INSERT INTO alerts BY NAME
SELECT
    unnest(
        from_json(
            $rows,
            '[{
                "alert_id": "VARCHAR", "mail_id": "VARCHAR", "case_id": "VARCHAR", "case_version": "INTEGER",
                "contact_id": "VARCHAR", "exporter_id": "VARCHAR", "kind": "VARCHAR", "is_reviewed": "BOOLEAN",
                "match_level": "VARCHAR", "line_ids": ["VARCHAR"], "comment_deadline": "DATE",
                "adoption_date": "DATE", "entry_into_force_date": "DATE"
            }]'
        ),
        max_depth := 2
    )
ON CONFLICT DO NOTHING
