-- One row per record version of the landing file at $path.
CREATE OR REPLACE TEMP TABLE incoming AS
SELECT
    source_key, content_hash, payload, notification_id, symbols, channel, area, kind, is_emergency, notification_type,
    member_names, member_codes, distribution_date, comment_deadline, comment_deadline_text, adoption_date,
    adoption_text, entry_into_force_date, entry_into_force_text, title, description, products_text, hs_codes,
    ics_codes, objectives, keywords, affected_regions, lang, url, document_links, notification_links,
    "row" AS row_number
-- noqa: disable=LT02
FROM read_json(
    $path,
    format = 'newline_delimited',
    maximum_object_size = 4194304,
    columns = {
        source_key: 'VARCHAR',
        content_hash: 'VARCHAR',
        payload: 'JSON',
        notification_id: 'VARCHAR',
        symbols: 'VARCHAR[]',
        channel: 'VARCHAR',
        area: 'VARCHAR',
        kind: 'VARCHAR',
        is_emergency: 'BOOLEAN',
        notification_type: 'VARCHAR',
        member_names: 'VARCHAR[]',
        member_codes: 'VARCHAR[]',
        distribution_date: 'DATE',
        comment_deadline: 'DATE',
        comment_deadline_text: 'VARCHAR',
        adoption_date: 'DATE',
        adoption_text: 'VARCHAR',
        entry_into_force_date: 'DATE',
        entry_into_force_text: 'VARCHAR',
        title: 'VARCHAR',
        description: 'VARCHAR',
        products_text: 'VARCHAR',
        hs_codes: 'VARCHAR[]',
        ics_codes: 'VARCHAR[]',
        objectives: 'VARCHAR[]',
        keywords: 'VARCHAR[]',
        affected_regions: 'VARCHAR',
        lang: 'VARCHAR',
        url: 'VARCHAR',
        document_links: 'VARCHAR[]',
        notification_links: 'MAP(VARCHAR, VARCHAR)',
        "row": 'INTEGER'
    }
)
QUALIFY row_number() OVER (PARTITION BY source_key, content_hash ORDER BY "row" DESC NULLS LAST) = 1
