-- One row per case and firm that reported what the measure did to it: the last report, which replaces earlier ones.
CREATE VIEW case_impacts AS
SELECT
    case_id,
    regexp_extract(code, '^[^:]*:[^:]*:(.*)$', 1) AS exporter_id,
    try_cast(nullif(split_part(code, ':', 1), '') AS DECIMAL(18, 4)) AS loss_cny_10k,
    try_cast(nullif(split_part(code, ':', 2), '') AS DECIMAL(18, 4)) AS cost_cny_10k,
    occurred_at AS reported_at
FROM case_events
WHERE kind = 'impact-reported'
QUALIFY
    -- the order of pipeline.case_state.in_order
    row_number() OVER (
        PARTITION BY case_id, regexp_extract(code, '^[^:]*:[^:]*:(.*)$', 1)
        ORDER BY occurred_at DESC, code DESC, detail DESC, actor DESC
    ) = 1;
COMMENT ON VIEW case_impacts IS
'One row per case and firm that reported what the measure did to it: the last report, which replaces earlier ones.';
COMMENT ON COLUMN case_impacts.case_id IS 'Case.';
COMMENT ON COLUMN case_impacts.exporter_id IS 'Firm.';
COMMENT ON COLUMN case_impacts.loss_cny_10k IS
'Direct loss (直接损失额: exports held up, returned, orders lost) in 万元 CNY; NULL where not stated.';
COMMENT ON COLUMN case_impacts.cost_cny_10k IS
'Added cost (新增成本: testing, certification, redesign) in 万元 CNY; NULL where not stated.';
COMMENT ON COLUMN case_impacts.reported_at IS 'When it was written down (UTC).';
