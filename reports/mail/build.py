"""The mails as `EmailMessage`: headers, text part, HTML part, calendar entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from email.message import EmailMessage
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from reports.mail.calendar_entry import DeadlineEvent, deadlines_file
from reports.mail.clean import one_line, web_link
from reports.mail.digest_view import DigestView, digest_view
from reports.mail.envelope import close_mail, local_time, open_mail, reader_day, sender_domain, unsubscribe_links
from reports.mail.facts import AlertFacts, DigestFacts, MailHead, UpdateFacts, alert_of, products_of
from reports.mail.frame import Frame
from reports.mail.subjects import alert_subject, digest_subject, update_subject
from reports.mail.update_view import UpdateView, update_view
from reports.mail.view import AlertView, alert_view
from reports.mail.wording import measure_name


def build_alert(facts: AlertFacts, head: MailHead) -> EmailMessage:
    """The mail of one case to one contact of the firm; the same input gives the same bytes.

    Line breaks in any text become blanks. Errors: `InputError` where an address or an unsubscribe link cannot be used
    or there is none; `ValueError` for a naive date or malformed Message-IDs (faults of the caller).
    """
    message = open_mail(head, firm=facts.exporter_name, subject=alert_subject(facts, reader_day(head)))
    entries = _future([facts], head)
    view = alert_view(facts, _frame(head, facts.exporter_name, entries), reader_day(head))
    return _finish(message, "alert", view, entries, head)


def build_update(facts: UpdateFacts, head: MailHead) -> EmailMessage:
    """The short mail in the same thread (`head.references`): what changed, for which products, what to do now.

    Its calendar entry has the UID of the alert's and the higher SEQUENCE. Errors: as `build_alert`.
    """
    firm = facts.alert.exporter_name
    message = open_mail(head, firm=firm, subject=update_subject(facts, reader_day(head)))
    entries = _future([facts], head)
    view = update_view(facts, _frame(head, firm, entries), reader_day(head))
    return _finish(message, "update", view, entries, head)


def build_digest(facts: DigestFacts, head: MailHead) -> EmailMessage:
    """Several measures in one mail; one calendar file with one event a deadline. Errors: as `build_alert`."""
    today = reader_day(head)
    message = open_mail(head, firm=facts.exporter_name, subject=digest_subject(facts, today))
    entries = _future(facts.items_in_order(today), head)
    view = digest_view(facts, _frame(head, facts.exporter_name, entries), today)
    return _finish(message, "digest", view, entries, head)


def _frame(head: MailHead, firm: str, entries: Sequence[DeadlineEvent]) -> Frame:
    links = unsubscribe_links(head)
    return Frame.of(head, firm=firm, unsubscribe=links[0] if links else "", calendar_count=len(entries))


def _finish(
    message: EmailMessage,
    template: str,
    view: AlertView | UpdateView | DigestView,
    entries: Sequence[DeadlineEvent],
    head: MailHead,
) -> EmailMessage:
    environment = _environment()
    calendar = name = ""
    if entries:
        calendar = deadlines_file(entries, stamp=local_time(head), domain=sender_domain(head))
        what = entries[0].deadline.isoformat() if len(entries) == 1 else f"{len(entries)}项"
        name = f"评议截止_{what}.ics"
    return close_mail(
        message,
        text=environment.get_template(f"{template}.txt.j2").render(mail=view.frame, view=view),
        html=environment.get_template(f"{template}.html.j2").render(mail=view.frame, view=view),
        calendar=calendar,
        calendar_name=name,
    )


def _future(items: Sequence[AlertFacts | UpdateFacts], head: MailHead) -> tuple[DeadlineEvent, ...]:
    """One entry a case with a deadline after today, of its latest version."""
    today = reader_day(head)
    events: dict[str, DeadlineEvent] = {}
    for item in items:
        facts = alert_of(item)
        held = events.get(facts.case_id)
        deadline = facts.comment_deadline
        if deadline is not None and deadline > today and (held is None or held.version < facts.version):
            events[facts.case_id] = _event(item, deadline, one_line(head.sender.office))
    return tuple(events.values())


def _event(item: AlertFacts | UpdateFacts, deadline: date, office: str) -> DeadlineEvent:
    facts = alert_of(item)
    symbols = "、".join(one_line(symbol) for symbol in facts.symbols)
    lines = (
        f"通报号：{symbols}" if symbols else "",
        one_line(facts.title),
        "涉及产品：" + "、".join(one_line(product.product_name) for product in products_of(item)),
        f"意见请先发送至{office}。",
    )
    return DeadlineEvent(
        case_id=facts.case_id,
        version=facts.version,
        deadline=deadline,
        summary=f"评议截止：{measure_name(facts, 40)}",
        description="\n".join(line for line in lines if line),
        url=web_link(facts.url),
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
