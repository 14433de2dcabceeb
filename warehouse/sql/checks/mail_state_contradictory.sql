-- 邮件状态与时间矛盾（企业告知会算错）
-- severity: error
SELECT
    mail_id,
    state,
    accepted_at,
    ended_at
FROM mails
WHERE
    (state = 'accepted' AND accepted_at IS NULL)
    OR (state IN ('bounced', 'failed') AND ended_at IS NULL)
    OR (state = 'sending' AND attempted_at IS NULL)
    -- one that a server took and that is tried again after a bounce keeps its moment, one that was queued anew does not
    OR (state = 'queued' AND accepted_at IS NOT NULL)
