"""How contacts and what happened to them are called, on screen and in what a firm is handed."""

from __future__ import annotations

from collections.abc import Mapping

STANDINGS_ZH: Mapping[str, str] = {
    "open": "正常",
    "suspended": "暂停发送",
    "unsubscribed": "已退订",
    "closed": "已停用",
    "none": "无联系邮箱",
}
REASONS_ZH: Mapping[str, str] = {
    "": "",
    "bounce": "退信",
    "refused": "邮件被拒收",
    "officer": "经办人登记",
    "one-click": "一键退订",
    "mail": "来信退订",
    "page": "网页退订",
    "address": "同一邮箱已在其他企业退订",
}
EVENTS_ZH: Mapping[str, str] = {
    "suspended": "暂停发送",
    "resumed": "恢复发送",
    "unsubscribed": "退订",
    "resubscribed": "恢复订阅",
    "soft-bounced": "暂时退信",
    "replied": "企业回信",
    "phoned": "电话告知",
    "erased": "删除个人信息",
    "exported": "提供个人信息副本",
    "purged": "期满清除",
}
MAIL_KINDS_ZH: Mapping[str, str] = {
    "alert": "告警",
    "update": "后续变化",
    "daily": "日报",
    "weekly": "周报",
    "bundle": "合并告警",
}
MAIL_STATES_ZH: Mapping[str, str] = {
    "queued": "待发送",
    "sending": "发送中",
    "accepted": "已接收",
    "retry": "待重发",
    "failed": "被拒收",
    "bounced": "退信",
    "in-doubt": "送达不明",
    "withdrawn": "已撤回",
}


def task_reason(standing: str, reason: str) -> str:
    """Say why a firm or contact must be told by phone."""
    why = REASONS_ZH.get(reason, reason)
    return f"{STANDINGS_ZH[standing]}（{why}）" if why else STANDINGS_ZH[standing]


def task_next_step(standing: str, reason: str, *, has_other: bool) -> str:
    """Say what an officer does about it."""
    if standing == "none":
        return "电话告知，取得邮箱后补入企业清单并重新导入"
    if standing == "unsubscribed":
        step = "改用电话告知；本人同意后才可恢复订阅"
    elif reason == "officer":
        step = "改用电话告知；可以恢复时用 contacts resume"
    else:
        step = "电话核对邮箱，更正企业清单后重新导入；原邮箱可用的用 contacts resume 恢复"
    return f"{step}（该企业另有可用联系人）" if has_other else step
