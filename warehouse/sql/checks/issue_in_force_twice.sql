-- 同一月份有两期未撤回的月度提示
-- severity: error
SELECT
    report_month,
    list_sort(list(overall)) AS issues
FROM bulletin_issues
WHERE overall NOT IN (SELECT overall FROM bulletin_withdrawals)
GROUP BY report_month
HAVING count(*) > 1
