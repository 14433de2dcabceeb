"""An office with three firms of different rhythm, and the mails that it writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from case_office import at, bring
from warehouse_sample import exporter, line, match, notification, register

from pipeline.acts import Act, Conclusion
from pipeline.alerts.offers import Hold
from pipeline.config import Settings
from pipeline.context import Context, Run
from pipeline.delivery import DeliveryState, EmlTransport, OutgoingMail, Receipt
from pipeline.home import Home
from pipeline.steps.case_acts import act_on_case, conclude_case
from pipeline.steps.outbox import read_outbox
from pipeline.steps.plan_alerts import Plan, preview_alerts
from pipeline.steps.send_alerts import send_alerts
from warehouse.connection import open_writer
from warehouse.contacts import ContactEvent, append_contact_event, contact_id
from warehouse.records import Contact, Exporter, Level, Match, NotificationKind, ProductLine, Subscription

TUESDAY = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai
WEDNESDAY_9 = datetime(2026, 3, 11, 1, 0, tzinfo=UTC)
MONDAY_9 = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONCLUDED = TUESDAY + HOUR
ONE, TWO, THREE = "G/TBT/N/ATL/1", "G/TBT/N/ATL/2", "G/TBT/N/ATL/3"
LAMP, BULB = line("E1", "台灯"), line("E1", "灯泡")
SOCKET, STRIP = line("E2", "灯座"), line("E3", "灯带")
AT_ONCE, DAILY, SECOND, WEEKLY = "a@at-once.example", "b@daily.example", "c@daily.example", "d@weekly.example"
OF = {AT_ONCE: "E1", DAILY: "E2", SECOND: "E2", WEEKLY: "E3"}
BY = "研判岗甲"


def firm(exporter_id: str, subscription: Subscription, products: Sequence[str], addresses: Sequence[str]) -> Exporter:
    """A firm with its contacts."""
    contacts = tuple(Contact(exporter_id=exporter_id, post="关务", email=address) for address in addresses)
    return exporter(exporter_id, *products, subscription=subscription, contacts=contacts)


FIRMS = (
    firm("E1", Subscription.IMMEDIATE, ("台灯", "灯泡"), (AT_ONCE,)),
    firm("E2", Subscription.DAILY, ("灯座",), (DAILY, SECOND)),
    firm("E3", Subscription.WEEKLY, ("灯带",), (WEEKLY,)),
)


def watched(case_id: str, *products: ProductLine, **fields: object) -> tuple[Match, ...]:
    """Matches at level 关注, unless another is given."""
    return tuple(match(case_id, product, **{"level": Level.WATCH, **fields}) for product in products)


def open_office(home: Path) -> None:
    """Three firms and two cases, collected and matched on Tuesday 16:00: one of all firms, one without the first."""
    enlist(home, TUESDAY)
    matched = (*watched(ONE, LAMP, SOCKET, STRIP), *watched(TWO, SOCKET, STRIP))
    bring(home, TUESDAY, notification(ONE), notification(TWO), matched=matched)


def enlist(home: Path, when: datetime, *firms: Exporter) -> None:
    """Import the list of firms."""
    with open_writer(home / "warehouse.duckdb") as con:
        register(con, when, *(firms or FIRMS))


def conclude(home: Path, when: datetime, case_id: str, conclusion: str = "watch", **fields: str) -> None:
    """An officer confirms all pairs of a case and concludes."""
    conclude_case(at(home, when), case_id, Conclusion(conclusion=conclusion, actor=BY, **fields))  # type: ignore[arg-type]


def act(home: Path, when: datetime, case_id: str, kind: str, detail: str = "已处理", **fields: str) -> None:
    """An officer does something else to a case."""
    act_on_case(at(home, when), case_id, Act(kind=kind, actor=BY, detail=detail, **fields))


def happen(home: Path, when: datetime, address: str, kind: str, code: str = "") -> None:
    """Something happens to a contact."""
    firm_id = OF[address]
    with open_writer(home / "warehouse.duckdb") as con:
        event = ContactEvent(kind=kind, code=code, occurred_at=when)
        assert append_contact_event(con, contact_id(firm_id, address), firm_id, event, now=when)


def office_context(home: Path, when: datetime, **settings: dict[str, object]) -> Context:
    """A context with settings, such as `alerts={"daily_cap": 1}`."""
    return Context(home=Home(home), now=when, settings=Settings(**settings))  # type: ignore[arg-type]


def send(home: Path, when: datetime, *, unreviewed: bool = False) -> tuple[Run, Plan]:
    """`tbtwatch alert send`."""
    return send_alerts(at(home, when), include_unreviewed=unreviewed)


def preview(home: Path, when: datetime, *, unreviewed: bool = False, case: str = "") -> Plan:
    """`tbtwatch alert preview`."""
    return preview_alerts(at(home, when), include_unreviewed=unreviewed, case=case)


def outbox(home: Path) -> dict[str, EmailMessage]:
    """The mails written so far, by Message-ID."""
    found: dict[str, EmailMessage] = {}
    for path in sorted((home / "outbox").glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        found[str(message["Message-ID"])] = message
    return found


def new_mails(home: Path, when: datetime, *, unreviewed: bool = False) -> dict[str, list[EmailMessage]]:
    """Send, and return what was written by it, by recipient."""
    before = outbox(home).keys()
    run, _ = send(home, when, unreviewed=unreviewed)
    written: dict[str, list[EmailMessage]] = {}
    for name, message in outbox(home).items():
        if name not in before:
            written.setdefault(str(message["To"].addresses[0].addr_spec), []).append(message)
    assert run.counts["n_sent"] == sum(map(len, written.values()))
    return written


def text(message: EmailMessage) -> str:
    """The plain text of a mail."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def holds(plan: Plan, case_id: str = ONE) -> dict[str, Hold | None]:
    """Why nothing goes to each address, or None where something does or waits."""
    return {o.contact.email if o.contact else "": o.hold for o in plan.offers if o.case_id == case_id}


def states(home: Path) -> list[str]:
    """The states of all mails."""
    return sorted(mail.state for mail in read_outbox(at(home, TUESDAY)))


def addendum(home: Path, when: Any, number: int = 1, **fields: Any) -> None:
    """Bring an addendum of the first case, with the fields given."""
    item = notification(f"{ONE}/Add.{number}", kind=NotificationKind.ADDENDUM, **fields)
    matched = watched(item.notification_id, LAMP, SOCKET, STRIP)
    bring(home, when, item, matched=matched)


def let_answer(monkeypatch: pytest.MonkeyPatch, answer: Receipt) -> None:
    """Let the outbox folder answer as a server would."""

    def deliver(_: EmlTransport, __: OutgoingMail, on_handover: Callable[[], None]) -> Receipt:
        if answer.state in (DeliveryState.IN_DOUBT, DeliveryState.REFUSED):
            on_handover()
        return answer

    monkeypatch.setattr(EmlTransport, "deliver", deliver)


def put_off(home: Path, when: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run in which the server takes nothing for now."""
    with monkeypatch.context() as patch:
        let_answer(patch, Receipt(state=DeliveryState.DEFERRED, code=451, detail="Greylisted", status="4.7.1"))
        send(home, when)


def only_mail(home: Path) -> str:
    """The number of the only mail."""
    [mail] = read_outbox(at(home, TUESDAY))
    return mail.mail_id


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}
