"""`tbtwatch monthly`: the whole month in order. Each step commits for itself; a stop in the middle loses nothing."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.context import Context
from pipeline.steps.draft_report import draft_report
from pipeline.steps.match import match
from pipeline.steps.open_cases import update_cases
from pipeline.steps.publish import publish_copy
from pipeline.steps.send_alerts import send_alerts


def run_month(context: Context, month: str, *, include_unreviewed: bool, say: Callable[[str], None]) -> str:
    """Match, open cases, send alerts, draft the bulletin, publish. Returns `done`, or `findings` if a step had any."""
    matched = match(context)
    say(
        f"匹配：本次 {matched.counts['n_notifications']} 件通报，"
        f"直接相关 {matched.counts['n_direct']} 对，间接相关 {matched.counts['n_indirect']} 对"
    )
    opened, _ = update_cases(context)
    counts = opened.counts
    say(f"案件：新开 {counts['n_opened']} 个，待办 {counts['n_open']} 个，超时 {counts['n_overdue']} 个")
    alerted, _ = send_alerts(context, include_unreviewed=include_unreviewed)
    counts = alerted.counts
    say(
        f"告警：发出 {counts['n_sent']} 封，此前已告知 {counts['n_told_before']} 项，稍后发 {counts['n_waiting']} 项，"
        f"未发 {counts['n_withheld']} 项"
    )
    reported, files = draft_report(context, month)
    say(f"月度提示：通报 {reported.counts['n_symbols']} 件，与我市相关 {reported.counts['n_relevant']} 项")
    for path in files:
        say(f"  {path}")
    published, publication = publish_copy(context)
    say(f"发布副本：{publication.link}")
    runs = (matched, opened, alerted, reported, published)
    return "findings" if any(run.outcome != "done" for run in runs) else "done"
