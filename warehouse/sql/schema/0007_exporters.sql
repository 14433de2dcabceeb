-- One row per firm of the city's list of key intermediate-goods exporters (中间品出口重点企业清单).
CREATE TABLE exporters (
    exporter_id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    credit_code VARCHAR NOT NULL,
    district VARCHAR NOT NULL,
    industry_chain VARCHAR NOT NULL,
    subscription VARCHAR NOT NULL CHECK (subscription IN ('immediate', 'daily', 'weekly')),
    is_negotiation_key BOOLEAN NOT NULL,
    is_survey_sample BOOLEAN NOT NULL,
    first_listed_at TIMESTAMPTZ NOT NULL,
    last_listed_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ
);
COMMENT ON TABLE exporters IS 'One row per firm of the city''s list of key intermediate-goods exporters (中间品出口重点企业清单).';
COMMENT ON COLUMN exporters.exporter_id IS 'The city''s number of the firm (企业编号).';
COMMENT ON COLUMN exporters.name IS 'Name of the firm.';
COMMENT ON COLUMN exporters.credit_code IS 'Unified social credit code (统一社会信用代码).';
COMMENT ON COLUMN exporters.district IS 'District (所属区).';
COMMENT ON COLUMN exporters.industry_chain IS 'Industry chain (产业链).';
COMMENT ON COLUMN exporters.subscription IS 'How often the firm wants mail: immediate, daily or weekly.';
COMMENT ON COLUMN exporters.is_negotiation_key IS
'Whether the firm is in the pool of key firms for negotiating foreign technical barriers (国外技术壁垒交涉应对重点企业库).';
COMMENT ON COLUMN exporters.is_survey_sample IS
'Whether the firm is in the sample of the survey on the impact of technical trade measures (影响统计调查样本).';
COMMENT ON COLUMN exporters.first_listed_at IS 'First import that listed the firm (UTC).';
COMMENT ON COLUMN exporters.last_listed_at IS 'Last import that listed the firm (UTC).';
COMMENT ON COLUMN exporters.closed_at IS 'Import that no longer listed the firm (UTC); NULL while it is listed.';
