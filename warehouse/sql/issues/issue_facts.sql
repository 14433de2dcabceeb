-- One row: what issue $overall says.
SELECT
    facts,
    facts_restricted
FROM bulletin_issues
WHERE overall = $overall
