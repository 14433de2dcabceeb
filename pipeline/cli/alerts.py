"""`tbtwatch alert ...`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.output import Output, session_of

if TYPE_CHECKING:
    from pipeline.steps.send_alerts import Plan

ALERT_WORDS = {
    "n_sent": "已发出",
    "n_retry": "待重发",
    "n_failed": "被拒收",
    "n_in_doubt": "送达不明",
    "n_told_before": "此前已告知",
    "n_withheld": "未发",
}

Unreviewed = Annotated[bool, typer.Option("--unreviewed", help="也发送未经人工研判的机器匹配，邮件中会注明")]

alert = typer.Typer(help="告知企业。", no_args_is_help=True)


@alert.command("preview")
def preview(context: typer.Context, unreviewed: Unreviewed = False) -> None:
    """预览：会发给谁、说什么、其余为什么不发。"""
    from pipeline.steps.send_alerts import preview_alerts

    session = session_of(context)
    plans = preview_alerts(session.context, include_unreviewed=unreviewed)
    _show(session.output, plans)
    session.output.result({"plans": [_json(plan) for plan in plans]})


@alert.command("send")
def send(context: typer.Context, unreviewed: Unreviewed = False) -> None:
    """发送告警：每家企业每个案件一封；默认只发经人工研判确认的。"""
    from pipeline.steps.send_alerts import send_alerts

    session = session_of(context)
    run, plans = send_alerts(session.context, include_unreviewed=unreviewed)
    _show(session.output, plans)
    if run.counts["n_sent"] and session.context.settings.mail.transport == "eml":
        session.output.line(
            f"邮件已写成文件：{session.context.home.outbox}。发给企业后请登记告知：tbtwatch case notify 案件 …"
        )
    words = ALERT_WORDS | ({"n_sent": "已写成文件"} if session.context.settings.mail.transport == "eml" else {})
    session.output.finish(run, words, plans=[_json(plan) for plan in plans])


def _show(output: Output, plans: tuple[Plan, ...]) -> None:
    output.table(
        ("案件", "企业", "产品", "收件人", "处理"),
        [
            (
                plan.case_id,
                f"{plan.exporter_id} {plan.exporter_name}",
                "、".join(line.product_name for line in plan.products),
                "、".join(_masked(contact.email) for contact in plan.contacts) or "—",
                plan.withheld or "发送",
            )
            for plan in plans
        ],
    )


def _json(plan: Plan) -> dict[str, object]:
    return {
        "case_id": plan.case_id,
        "exporter_id": plan.exporter_id,
        "products": [line.product_name for line in plan.products],
        "recipients": [_masked(contact.email) for contact in plan.contacts],
        "withheld": plan.withheld,
    }


def _masked(email: str) -> str:
    """Show enough of an address to recognise it: contacts are personal data."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.add_typer(alert, name="alert")
