"""`tbtwatch demo`: the whole way on the bundled, fictional sample, offline and at stated moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.acts import Act
from pipeline.clock import to_shanghai
from pipeline.context import Context
from pipeline.home import Home
from pipeline.sample import EXPORTERS, MONTH, NOTIFICATIONS, SEARCH_PAGE, sample_path
from pipeline.steps.case_acts import act_on_case
from pipeline.steps.import_exporters import import_exporters
from pipeline.steps.import_notifications import import_notifications
from pipeline.steps.judge import judge
from pipeline.steps.match import match
from pipeline.steps.monthly import run_month
from pipeline.steps.open_cases import update_cases
from pipeline.steps.send_alerts import send_alerts
from warehouse.cases import Case
from warehouse.connection import open_reader
from warehouse.outbox import alert_candidates
from warehouse.records import Severity

# the sample is dated June 2026; the demo lives through it
_COLLECTED_AT = datetime(2026, 6, 29, 1, 0, tzinfo=UTC)
_JUDGED_AT = datetime(2026, 6, 29, 8, 0, tzinfo=UTC)
_ALERTED_AT = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)
_ADVISED_AT = datetime(2026, 6, 30, 7, 0, tzinfo=UTC)
_REPORTED_AT = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
_OFFICER = "演示研判岗"
_N_ANSWERED = 3  # so many cases are answered in time, the rest is left open


def run_demo(context: Context, folder: Path | None, *, say: Callable[[str], None]) -> Home:
    """Run the demo in a home folder of its own and return it. Running it again adds nothing."""
    home = Home((folder or context.home.root / "demo").expanduser().absolute())
    settings = context.settings.model_copy(
        update={"report": context.settings.report.model_copy(update={"simulated": True})}
    )
    # the unpacked encoder is shared with the installation: it is the same half gigabyte
    if not settings.match.encoder_cache:
        shared = settings.match.model_copy(update={"encoder_cache": str(context.home.cache)})
        settings = settings.model_copy(update={"match": shared})
    if settings.mail.transport != "eml":
        eml = settings.mail.model_copy(update={"transport": "eml"})
        settings = settings.model_copy(update={"mail": eml})
    collected = Context(home=home, now=_COLLECTED_AT, settings=settings)
    say("示例数据均为虚构，邮件只写成文件，不会发出。")
    with sample_path(EXPORTERS) as path:
        run = import_exporters(collected, path)
    to_check = sum(1 for issue in run.issues if issue.severity is not Severity.INFO)
    say(f"企业清单：{run.counts['n_exporters']} 家企业，{run.counts['n_lines']} 个产品，{to_check} 处需要核对")
    for name in (NOTIFICATIONS, SEARCH_PAGE):
        with sample_path(name) as path:
            run = import_notifications(collected, path)
        say(f"通报 {name}：{run.counts['n_records']} 条记录，新增 {run.counts['n_new']} 条")
    counts = match(collected).counts
    say(f"首次匹配：直接相关 {counts['n_direct']} 对，间接相关 {counts['n_indirect']} 对")
    opened, timed = update_cases(collected)
    say(f"首次开案：{opened.counts['n_opened']} 个")
    fresh = [item.case for item in timed if not item.case.is_backfill and not _is_judged(item.case)]
    answered = fresh[:_N_ANSWERED] if opened.counts["n_opened"] else []
    for case in answered:
        _confirm(replace(collected, now=_JUDGED_AT), case)
    alerted, _ = send_alerts(replace(collected, now=_ALERTED_AT), include_unreviewed=True)
    say(f"首次告警：发出 {alerted.counts['n_sent']} 封")
    for case in answered:
        told, advised = replace(collected, now=_ALERTED_AT), replace(collected, now=_ADVISED_AT)
        act_on_case(told, case.case_id, Act(kind="notified", actor=_OFFICER, detail="邮件已发出，电话确认收到"))
        act_on_case(advised, case.case_id, Act(kind="advised", actor=_OFFICER, detail="已发送初步应对建议"))
    if answered:
        say(f"研判、告知并给出建议：{len(answered)} 个案件，其余留待处理")
    say("月末月度流程：")
    run_month(replace(collected, now=_REPORTED_AT), MONTH, include_unreviewed=True, say=say)
    say(f"全部产出在：{home.root}")
    say("接着试用请写明演示的主文件夹和时间，例如：")
    say(f"tbtwatch --home {home.root} --now {to_shanghai(_REPORTED_AT):%Y-%m-%dT%H:%M} cases")
    return home


def _is_judged(case: Case) -> bool:
    return any(event.kind == "judged" for event in case.events)


def _confirm(context: Context, case: Case) -> None:
    """Play the officer who confirms what the machine found for the first firm of a case."""
    with open_reader(context.home.warehouse) as con:
        found = next(item for item in alert_candidates(con) if item.case_id == case.case_id)
    judge(
        context,
        found.notification_id,
        found.exporter_id,
        product_name=found.product_name,
        relation=found.relation,
        reason="",
        judged_by=_OFFICER,
    )
