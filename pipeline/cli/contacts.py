"""`tbtwatch contacts ...`: addresses are shown masked, always; only `export` writes them out, for the firm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.output import session_of

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.steps.contacts import OfficerAct
    from warehouse.contacts import StandingContact

Firm = Annotated[str, typer.Argument(help="企业编号", metavar="企业")]
ContactId = Annotated[str, typer.Option("--contact", help="联系人编号，见 contacts list", metavar="编号")]
By = Annotated[str, typer.Option("--by", help="经办人", metavar="姓名或岗位")]
Basis = Annotated[str, typer.Option("--basis", help="依据：谁、何时、以什么方式提出", metavar="文字")]
Reason = Annotated[str, typer.Option("--reason", help="原因", metavar="文字")]

contacts = typer.Typer(help="联系人与个人信息：状态、退订、查阅、删除、清除、电话告知任务。", no_args_is_help=True)


@contacts.command("list")
def list_(
    context: typer.Context,
    firm: Annotated[str, typer.Option("--firm", help="只列一家企业", metavar="企业")] = "",
    everything: Annotated[bool, typer.Option("--all", help="含已停用的联系人")] = False,
) -> None:
    """列出联系人及其状态；邮箱只显示首字母。"""
    from pipeline.contacts.words import REASONS_ZH, STANDINGS_ZH
    from pipeline.steps.contacts import list_contacts

    session = session_of(context)
    listed = list_contacts(session.context, firm)
    shown = [c for c in listed.contacts if everything or c.standing != "closed"]
    session.output.table(
        ("企业", "联系人编号", "邮箱", "岗位", "状态", "原因", "自"),
        [
            (
                f"{c.exporter_id} {listed.names[c.exporter_id]}",
                c.contact_id,
                c.masked,
                c.post,
                STANDINGS_ZH[c.standing],
                REASONS_ZH.get(c.reason, c.reason) or "—",
                _moment(c.since),
            )
            for c in shown
        ],
    )
    session.output.line(f"共 {len(shown)} 个联系人。")
    session.output.result({"contacts": [_json(c) for c in shown]})


@contacts.command("tasks")
def tasks(context: typer.Context) -> None:
    """列出联系人失效、须电话告知的企业：没有邮箱、邮箱退信或被拒收、已退订。"""
    from pipeline.contacts.words import task_next_step, task_reason
    from pipeline.steps.contacts import list_tasks

    session = session_of(context)
    found = list_tasks(session.context)
    session.output.table(
        ("企业", "邮箱", "情况", "自", "怎么办"),
        [
            (
                f"{t.exporter_id} {t.exporter_name}",
                t.masked or "—",
                task_reason(t.standing, t.reason),
                _moment(t.since),
                task_next_step(t.standing, t.reason, has_other=t.has_other),
            )
            for t in found
        ],
    )
    session.output.line(f"共 {len(found)} 项；电话告知后用 tbtwatch contacts phoned 登记。")
    session.output.result(
        {
            "tasks": [
                {
                    "exporter_id": t.exporter_id,
                    "contact_id": t.contact_id,
                    "address": t.masked,
                    "standing": t.standing,
                    "reason": t.reason,
                    "since": t.since,
                    "next_step": task_next_step(t.standing, t.reason, has_other=t.has_other),
                }
                for t in found
            ]
        }
    )


@contacts.command("phoned")
def phoned(
    context: typer.Context,
    firm: Firm,
    by: By,
    text: Annotated[str, typer.Option("--text", help="与谁通话（岗位）、结果", metavar="文字")],
    contact: ContactId = "",
) -> None:
    """登记已电话告知，该企业的任务即销去；以后再退信、再退订的，重新列出。"""
    from pipeline.steps.contacts import OfficerAct, settle_by_phone

    session = session_of(context)
    act = OfficerAct(kind="phoned", firm=firm, by=by, words=text, contact=contact)
    run, settled = settle_by_phone(session.context, act)
    session.output.line(f"已登记电话告知：{firm}（{len(settled)} 项任务）")
    session.output.result({"run_id": run.run_id, "exporter_id": firm, "n_tasks": len(settled)})


@contacts.command("suspend")
def suspend(context: typer.Context, firm: Firm, by: By, reason: Reason, contact: ContactId = "") -> None:
    """暂停向一个联系人发送邮件。"""
    from pipeline.steps.contacts import OfficerAct

    act = OfficerAct(kind="suspended", firm=firm, by=by, words=reason, contact=contact, code="officer")
    _act(context, act, "已暂停发送")


@contacts.command("resume")
def resume(context: typer.Context, firm: Firm, by: By, reason: Reason, contact: ContactId = "") -> None:
    """恢复向暂停的联系人发送邮件；退订的用 resubscribe。"""
    from pipeline.steps.contacts import OfficerAct

    _act(context, OfficerAct(kind="resumed", firm=firm, by=by, words=reason, contact=contact), "已恢复发送")


@contacts.command("unsubscribe")
def unsubscribe(context: typer.Context, firm: Firm, by: By, basis: Basis, contact: ContactId = "") -> None:
    """登记退订（电话、当面、来函）：该邮箱不再收到邮件，在其他企业名下也一样。"""
    from pipeline.steps.contacts import OfficerAct

    act = OfficerAct(kind="unsubscribed", firm=firm, by=by, words=basis, contact=contact, code="officer")
    _act(context, act, "已退订")


@contacts.command("resubscribe")
def resubscribe(
    context: typer.Context,
    firm: Firm,
    by: By,
    basis: Basis,
    contact: ContactId = "",
    erased: Annotated[
        bool, typer.Option("--erased", help="恢复已删除的邮箱，邮箱另行输入；随后重新导入企业清单")
    ] = False,
) -> None:
    """本人同意后恢复订阅，须写明依据。"""
    from pipeline.steps.contacts import OfficerAct, readmit_address

    act = OfficerAct(kind="resubscribed", firm=firm, by=by, words=basis, contact=contact)
    if not erased:
        _act(context, act, "已恢复订阅")
        return
    session = session_of(context)
    # asked for, not an option: what is typed as an option stays in the history of the shell
    email = typer.prompt("邮箱", err=True)
    run = readmit_address(session.context, act, email)
    session.output.line(f"已允许重新收录：{firm}。请在企业清单中填写该邮箱后重新导入。")
    session.output.result({"run_id": run.run_id, "exporter_id": firm})


@contacts.command("export")
def export(
    context: typer.Context,
    firm: Firm,
    out: Annotated[Path, typer.Option("--out", help="要写的文件（.xlsx），含完整邮箱，只供交给该企业", metavar="文件")],
    by: By,
) -> None:
    """导出所存的该企业联系人的全部个人信息，供其查阅、复制（个人信息保护法第四十五条）。"""
    from pipeline.steps.contacts import export_firm

    session = session_of(context)
    held = export_firm(session.context, firm, out, by=by)
    session.output.line(f"个人信息副本已写入：{out}（联系人 {len(held.contacts)}）。内含完整邮箱，交付后请删除。")
    session.output.result({"exporter_id": firm, "path": str(out), "n_contacts": len(held.contacts)})


@contacts.command("erase")
def erase(context: typer.Context, firm: Firm, by: By, basis: Basis, contact: ContactId = "") -> None:
    """删除企业的全部联系人或其中一个，包括写成文件的邮件；以后导入也不再收录该邮箱。"""
    from pipeline.steps.contacts import OfficerAct, erase_contacts

    session = session_of(context)
    run, erased = erase_contacts(
        session.context, OfficerAct(kind="erased", firm=firm, by=by, words=basis, contact=contact)
    )
    others = sorted({c.exporter_id for c in erased} - {firm})
    session.output.line(f"已删除：联系人 {len(erased)}，邮件文件 {run.counts['n_mails']}。")
    if others:
        session.output.line(f"同一邮箱在其他企业名下的登记一并删除：{'、'.join(others)}。")
    session.output.line("请同时从企业清单、备份和已发邮件中删除该邮箱。")
    session.output.result({"run_id": run.run_id, "exporter_id": firm, "counts": run.counts, "other_exporters": others})


@contacts.command("purge")
def purge(context: typer.Context) -> None:
    """清除停用期满的联系人和过期的邮件文件（期限见 privacy.retention_days），并重写数据库文件。"""
    from pipeline.steps.contacts import purge_contacts

    session = session_of(context)
    run = purge_contacts(session.context)
    session.output.finish(run, {"n_contacts": "清除联系人", "n_mails": "清除邮件文件"})


def _act(context: typer.Context, act: OfficerAct, done: str) -> None:
    from pipeline.steps.contacts import act_on_contact

    session = session_of(context)
    run, after = act_on_contact(session.context, act)
    session.output.line(f"{done}：{act.firm} {after.masked}")
    session.output.result({"run_id": run.run_id, "contact": _json(after)})


def _json(contact: StandingContact) -> dict[str, object]:
    return {
        "contact_id": contact.contact_id,
        "exporter_id": contact.exporter_id,
        "address": contact.masked,
        "post": contact.post,
        "standing": contact.standing,
        "reason": contact.reason,
        "since": contact.since,
    }


def _moment(moment: datetime) -> str:
    from pipeline.clock import to_shanghai

    return f"{to_shanghai(moment):%Y-%m-%d %H:%M}"


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.add_typer(contacts, name="contacts")
