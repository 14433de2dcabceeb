"""`tbtwatch alert ...`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.cases import By, one_of
from pipeline.cli.output import Output, session_of

if TYPE_CHECKING:
    from pipeline.steps.plan_alerts import Plan
    from warehouse.outbox import Mail

ALERT_WORDS = {
    "n_sent": "已发出",
    "n_retry": "待重发",
    "n_failed": "未送达",
    "n_in_doubt": "送达不明",
    "n_waiting": "稍后发",
    "n_told_before": "此前已告知",
    "n_withheld": "未发",
}
KINDS_ZH = {"alert": "告知", "update": "更新", "daily": "日报", "weekly": "周报", "bundle": "汇总"}
LEVELS_ZH = {"warning": "预警", "watch": "关注", "reference": "参考"}

Unreviewed = Annotated[bool, typer.Option("--unreviewed", help="也发送未经人工研判的机器匹配，邮件中会注明")]

alert = typer.Typer(help="告知企业。", no_args_is_help=True)


@alert.command("preview")
def preview(
    context: typer.Context,
    unreviewed: Unreviewed = False,
    case: Annotated[str, typer.Option("--case", help="只看一个案件，已结案的也列出", metavar="案件")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="把将要发出的每封邮件原样写入此文件夹（含收件地址）", metavar="文件夹")
    ] = None,
) -> None:
    """预览：现在会发给谁、说什么、其余为什么不发或何时发。"""
    from pipeline.steps.outbox import write_preview
    from pipeline.steps.plan_alerts import preview_alerts

    session = session_of(context)
    plan = preview_alerts(session.context, include_unreviewed=unreviewed, case=case)
    _show(session.output, plan)
    if out is not None:
        written = write_preview(session.context, plan, out)
        session.output.line(f"已写入 {len(written)} 封邮件：{out}（含收件地址，请勿外传）")
    session.output.result({"plans": _json(plan)})


@alert.command("send")
def send(context: typer.Context, unreviewed: Unreviewed = False) -> None:
    """发送告警：预警即时发，其余按企业订阅方式汇总；默认只发经人工研判确认的。"""
    from pipeline.steps.send_alerts import send_alerts

    session = session_of(context)
    run, plan = send_alerts(session.context, include_unreviewed=unreviewed)
    _show(session.output, plan)
    is_file = session.context.settings.mail.transport == "eml"
    if run.counts["n_sent"] and is_file:
        session.output.line(
            f"邮件已写成文件：{session.context.home.outbox}。"
            "发给企业后请登记：tbtwatch alert settle 邮件 --as arrived …"
        )
    words = ALERT_WORDS | ({"n_sent": "已写成文件"} if is_file else {})
    session.output.finish(run, words, plans=_json(plan))


@alert.command("outbox")
def outbox(
    context: typer.Context,
    state: Annotated[
        str,
        typer.Option(
            "--state",
            help="queued 待发、retry 待重发、accepted 已送出、in-doubt 送达不明、failed 未送达、bounced 退信、"
            "withdrawn 已撤回",
            metavar="状态",
        ),
    ] = "",
) -> None:
    """列出待发箱：每封邮件给谁、状态、试过几次、服务器怎么答复。"""
    from pipeline.clock import to_shanghai
    from pipeline.steps.outbox import STATES_ZH, read_outbox

    session = session_of(context)
    one_of(state, ("", *STATES_ZH), "--state")
    mails = read_outbox(session.context, state)
    session.output.table(
        ("邮件", "类型", "企业", "状态", "次数", "最近一次", "说明"),
        [
            (
                mail.mail_id,
                KINDS_ZH[mail.kind],
                mail.exporter_id,
                STATES_ZH[mail.state],
                mail.n_attempts,
                f"{to_shanghai(mail.attempted_at):%m-%d %H:%M}" if mail.attempted_at else "—",
                mail.detail or "—",
            )
            for mail in mails
        ],
    )
    session.output.line(f"共 {len(mails)} 封。")
    session.output.result({"mails": [_mail(mail) for mail in mails]})


@alert.command("settle")
def settle(
    context: typer.Context,
    mail: Annotated[str, typer.Argument(help="邮件编号，见 alert outbox", metavar="邮件")],
    finding: Annotated[
        str, typer.Option("--as", help="arrived 已送达、failed 未送达、resend 重新发送", metavar="结果")
    ],
    by: By,
    text: Annotated[str, typer.Option("--text", help="怎样核实的", metavar="文字")] = "",
) -> None:
    """登记送达不明的邮件的核实结果；写成文件的邮件发出后也在此登记。"""
    from pipeline.steps.outbox import FINDINGS_ZH
    from pipeline.steps.outbox import settle as settle_one

    one_of(finding, FINDINGS_ZH, "--as")
    session = session_of(context)
    run, settled = settle_one(session.context, mail, finding, actor=by, detail=text)
    session.output.line(f"已登记：{settled.mail_id} {FINDINGS_ZH[finding]}")
    session.output.result({"run_id": run.run_id, "mail": _mail(settled)})


def _show(output: Output, plan: Plan) -> None:
    decisions = _decisions(plan)
    output.table(
        ("案件", "企业", "级别", "产品", "收件人", "处理"),
        [
            (
                offer.case_id,
                f"{offer.exporter_id} {offer.exporter_name}",
                LEVELS_ZH[offer.level],
                "、".join(line.product_name for line in offer.new_lines or offer.lines),
                offer.contact.masked if offer.contact else "—",
                decisions[id(offer)],
            )
            for offer in plan.shown
        ],
    )


def _decisions(plan: Plan) -> dict[int, str]:
    """What happens to each offer now, in words, by the offer's id()."""
    from pipeline.clock import to_shanghai

    mails = {mail.mail_id: mail.next_attempt_at for mail in plan.outbox}
    found = {id(offer): str(offer.hold or "重新发送") for offer in plan.offers}
    for offer in plan.offers:
        later = mails.get(offer.mail_id) if offer.hold is None else None
        if later is not None and later > plan.now:
            found[id(offer)] = f"待重发，{to_shanghai(later):%m-%d %H:%M} 后"
    for waiting in plan.waiting:
        found[id(waiting.offer)] = f"{waiting.why}，{to_shanghai(waiting.until):%m-%d %H:%M} 发"
    for parcel in plan.parcels:
        found |= {id(offer): f"发送（{KINDS_ZH[parcel.kind]}）" for offer in parcel.offers}
    return found


def _json(plan: Plan) -> list[dict[str, object]]:
    later = {id(waiting.offer): waiting.until for waiting in plan.waiting}
    decisions = _decisions(plan)
    return [
        {
            "case_id": offer.case_id,
            "exporter_id": offer.exporter_id,
            "kind": offer.kind,
            "version": offer.version,
            "level": offer.level.value,
            "products": [line.product_name for line in offer.lines],
            "moved": list(offer.moved),
            "recipient": offer.contact.masked if offer.contact else "",
            "withheld": str(offer.hold or ""),
            "waits_until": later[id(offer)].isoformat() if id(offer) in later else "",
            "decision": decisions[id(offer)],
        }
        for offer in plan.shown
    ]


def _mail(mail: Mail) -> dict[str, object]:
    return {
        "mail_id": mail.mail_id,
        "kind": mail.kind,
        "exporter_id": mail.exporter_id,
        "state": mail.state,
        "n_attempts": mail.n_attempts,
        "smtp_code": mail.smtp_code,
        "smtp_status": mail.smtp_status,
        "detail": mail.detail,
    }


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.add_typer(alert, name="alert")
