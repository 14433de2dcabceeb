"""What the commands on cases call things in Chinese."""

from __future__ import annotations

CASE_WORDS = {
    "n_opened": "新开案件",
    "n_cases": "案件总数",
    "n_listed": "本次查看",
    "n_listed_open": "其中待办",
    "n_listed_overdue": "其中超时",
    "n_listed_unexplained": "其中超时未说明原因",
    "n_open": "待办",
    "n_overdue": "超时",
    "n_unexplained": "超时未说明原因",
    "n_reminded": "督办提醒",
}
EVENTS_ZH = {
    "collected": "采集",
    "screened": "机器初筛",
    "amended": "后续通报",
    "judged": "研判",
    "concluded": "研判结论",
    "assigned": "指定责任人",
    "told": "逐企告知",
    "notified": "企业告知",
    "undelivered": "退信",
    "advised": "应对建议",
    "comment-decided": "是否评议",
    "comment-requested": "征求企业意见",
    "comment-received": "收到企业意见",
    "comment-submitted": "报送评议意见",
    "comment-answered": "收到答复",
    "concern-linked": "关联特别贸易关注",
    "concern-proposed": "建议特别贸易关注",
    "consulted": "政企会商",
    "impact-reported": "企业受影响情况",
    "noted": "记事",
    "explained": "超时原因",
    "escalated": "督办提醒",
    "superseded": "被修订替代",
    "closed": "结案",
    "reopened": "重新打开",
    "restarted": "重新计时",
}
LEVELS_ZH = {"warning": "预警", "watch": "关注", "reference": "参考", "none": "—"}
