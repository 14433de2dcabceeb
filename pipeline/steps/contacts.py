"""`tbtwatch contacts ...`: how contacts stand, what firms may ask for, and what must be told by phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pipeline.contacts.mails import delete_mails_before, delete_mails_to
from pipeline.contacts.words import STANDINGS_ZH
from pipeline.context import Context, Run, run_step
from warehouse.connection import Connection, open_reader, transaction
from warehouse.contact_records import ContactTask, Holdings, read_contact_tasks, read_holdings
from warehouse.contacts import (
    ContactEvent,
    StandingContact,
    append_contact_event,
    contacts_of_address,
    expired_contacts,
    read_standing_contacts,
    readmit,
    remove_contacts,
)
from warehouse.errors import InputError
from warehouse.facts import exporter_names
from warehouse.rewrite import rewrite

# how a contact must stand for an officer's act to mean anything
_FROM = {
    "suspended": ("open",),
    "resumed": ("suspended",),
    "unsubscribed": ("open", "suspended"),
    "resubscribed": ("unsubscribed",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Contacts with the names of their firms by exporter_id."""

    contacts: tuple[StandingContact, ...]
    names: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerAct:
    """What an officer does to a contact of a firm; `contact` is its contact_id, "" where the firm leaves no choice."""

    kind: str
    firm: str
    by: str
    words: str  # basis or reason
    contact: str = ""
    code: str = ""


def list_contacts(context: Context, firm: str = "") -> Listed:
    """Return the contacts of all firms, or of one, closed ones too."""
    with open_reader(context.home.warehouse) as con:
        names = exporter_names(con)
        if firm:
            _require_firm(names, firm)
        contacts = tuple(c for c in read_standing_contacts(con) if firm in {"", c.exporter_id})
    return Listed(contacts=contacts, names=names)


def list_tasks(context: Context) -> tuple[ContactTask, ...]:
    """Return the firms and contacts that must be told by phone."""
    with open_reader(context.home.warehouse) as con:
        return read_contact_tasks(con)


def export_firm(context: Context, firm: str, path: Path, *, by: str) -> Holdings:
    """Write all that is held of the contacts of a firm to an .xlsx, and that it was handed out."""
    from pipeline.contacts.sheet import write_holdings  # noqa: PLC0415  (openpyxl is heavy, and only this needs it)

    actor = _stated(by, "经办人")
    with run_step(context, "contacts-export") as run:
        names = exporter_names(run.con)
        _require_firm(names, firm)
        held = read_holdings(run.con, firm)
        write_holdings(
            held,
            path,
            firm_name=names[firm],
            office=context.settings.office.issuer,
            retention_days=context.settings.privacy.retention_days,
        )
        event = ContactEvent(kind="exported", occurred_at=run.now, actor=actor)
        append_contact_event(run.con, "", firm, event, now=run.now)
        run.counts.update(n_contacts=len(held.contacts), n_events=len(held.events), n_mails=len(held.mails))
    return held


def act_on_contact(context: Context, act: OfficerAct) -> tuple[Run, StandingContact]:
    """Suspend, resume, unsubscribe or resubscribe a contact and return how it stands then."""
    event = _event(context, act)
    with run_step(context, f"contacts-{act.kind}") as run:
        chosen = _choose(run.con, act)
        with transaction(run.con):
            append_contact_event(run.con, chosen.contact_id, act.firm, event, now=run.now)
        after = next(c for c in read_standing_contacts(run.con) if c.contact_id == chosen.contact_id)
    return run, after


def settle_by_phone(context: Context, act: OfficerAct) -> tuple[Run, tuple[ContactTask, ...]]:
    """Write down that a firm was told by phone and return the tasks that this settles: all of it, or of one contact."""
    event = _event(context, act)
    with run_step(context, "contacts-phoned") as run:
        _require_firm(exporter_names(run.con), act.firm)
        tasks = tuple(
            task
            for task in read_contact_tasks(run.con)
            if task.exporter_id == act.firm and act.contact in {"", task.contact_id}
        )
        if not tasks:
            raise InputError(
                f"企业 {act.firm} 没有待电话告知的任务。", "用 tbtwatch contacts tasks 查看；告知案件请用 case notify。"
            )
        with transaction(run.con):
            for task in tasks:
                append_contact_event(run.con, task.contact_id, act.firm, event, now=run.now)
        run.counts["n_tasks"] = len(tasks)
    return run, tasks


def erase_contacts(context: Context, act: OfficerAct) -> tuple[Run, tuple[StandingContact, ...]]:
    """Erase the contacts of a firm, or one of them, from the database, its file and the mails written as files.

    The right is the person's: the same address goes under whatever firm it stands. The mails go first, while their
    addresses are known; a run that was killed is finished by the same command or by `purge_contacts`.
    """
    event = _event(context, act)
    with run_step(context, "contacts-erase") as run:
        _require_firm(exporter_names(run.con), act.firm)
        stated = [
            c
            for c in read_standing_contacts(run.con)
            if c.exporter_id == act.firm and act.contact in {"", c.contact_id}
        ]
        if not stated:
            raise InputError(
                f"企业 {act.firm} 没有可删除的联系人。",
                "用 tbtwatch contacts list 查看编号；上次删除如曾中断，请运行 tbtwatch contacts purge。",
            )
        found = {c.contact_id: c for item in stated for c in contacts_of_address(run.con, item.email)}
        erased = tuple(found.values())
        run.counts["n_mails"] = delete_mails_to(context.home.outbox, {c.email for c in erased})
        with transaction(run.con):
            remove_contacts(run.con, erased, event, now=run.now)
        run.con.execute("CHECKPOINT")
        run.counts["n_contacts"] = len(erased)
    rewrite(context.home.warehouse)
    return run, erased


def readmit_address(context: Context, act: OfficerAct, email: str) -> Run:
    """Let an address that was erased be taken in again by the next import of the list."""
    event = _event(context, act)
    with run_step(context, "contacts-resubscribed") as run:
        _require_firm(exporter_names(run.con), act.firm)
        with transaction(run.con):
            is_lifted = readmit(run.con, act.firm, email.strip(), event, now=run.now)
        if not is_lifted:
            raise InputError("该邮箱没有删除记录。", "请核对邮箱；退订的联系人请去掉 --erased。")
    return run


def purge_contacts(context: Context) -> Run:
    """Remove contacts that were closed longer ago than the retention, and mails as files that are older.

    Writes the database file anew in any case: that also finishes what a killed run left.
    """
    days = context.settings.privacy.retention_days
    before = context.now - timedelta(days=days)
    with run_step(context, "contacts-purge", arguments={"retention_days": days}) as run:
        expired = expired_contacts(run.con, before)
        run.counts["n_mails"] = _delete_mails(run.con, context.home.outbox, expired)
        run.counts["n_mails"] += delete_mails_before(context.home.outbox, before)
        event = ContactEvent(kind="purged", occurred_at=run.now, detail=f"停用满{days}天")
        with transaction(run.con):
            remove_contacts(run.con, expired, event, now=run.now)
        run.con.execute("CHECKPOINT")
        run.counts["n_contacts"] = len(expired)
    rewrite(context.home.warehouse)
    return run


def _delete_mails(con: Connection, folder: Path, expired: Sequence[StandingContact]) -> int:
    """Delete the mails to addresses that no remaining contact has."""
    gone = {c.contact_id for c in expired}
    kept = {c.email.lower() for c in read_standing_contacts(con) if c.contact_id not in gone}
    return delete_mails_to(folder, {c.email.lower() for c in expired} - kept)


def _choose(con: Connection, act: OfficerAct) -> StandingContact:
    _require_firm(exporter_names(con), act.firm)
    of_firm = [c for c in read_standing_contacts(con) if c.exporter_id == act.firm and c.standing != "closed"]
    if act.contact:
        of_firm = [c for c in of_firm if c.contact_id == act.contact]
    if not of_firm:
        raise InputError(f"企业 {act.firm} 没有这个在册联系人。", "用 tbtwatch contacts list 查看联系人编号。")
    fitting = [c for c in of_firm if c.standing in _FROM[act.kind]]
    if not fitting:
        standing = "、".join(dict.fromkeys(STANDINGS_ZH[c.standing] for c in of_firm))
        raise InputError(
            f"企业 {act.firm} 的联系人目前为“{standing}”，不能这样办理。", "用 tbtwatch contacts list 查看。"
        )
    if len(fitting) > 1:
        choice = "、".join(f"{c.contact_id}（{c.masked}）" for c in fitting)
        raise InputError(f"企业 {act.firm} 有多个联系人。", f"请用 --contact 写明编号：{choice}。")
    return fitting[0]


def _event(context: Context, act: OfficerAct) -> ContactEvent:
    return ContactEvent(
        kind=act.kind,
        occurred_at=context.now,
        code=act.code,
        actor=_stated(act.by, "经办人"),
        detail=_stated(act.words, "依据或原因"),
    )


def _stated(text: str, what: str) -> str:
    if not text.strip():
        raise InputError(f"{what}不能为空。", "请补写后再运行。")
    return text.strip()


def _require_firm(names: dict[str, str], firm: str) -> None:
    if firm not in names:
        raise InputError(f"企业清单中没有：{firm}", "请写企业清单中的企业编号。")
