"""The notification in the dossier: its name in the title and the table of its facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.bulletin.figures import day, shorten
from reports.comments.annexes import or_blank
from reports.comments.facts import CommentFacts
from reports.comments.wording import say
from reports.document import Text, clean, lines, text
from reports.mail.wording import hs_text
from warehouse.symbols import parse_symbol

_LONG_TEXT = 600  # characters of the notification's own words in the table of facts
_MOST_CODES = 60
_REMARK = re.compile(r"（[^（）]*）")


def notification(facts: CommentFacts) -> str:
    """欧盟第9001号通报第1次修订; for a joint text its members."""
    # The title has room for the name alone: 台澎金马单独关税区（中国台北） stands in full in the table below it.
    member = _REMARK.sub("", clean(facts.member_zh)) or say("masthead.no_member")
    if len(facts.symbols) > 1:
        names = member.split("、")
        joined = say("masthead.members", first=names[0], n=len(names)) if len(names) > 2 else member
        return say("masthead.joint", members=joined)
    if not facts.symbols:
        return say("masthead.unnumbered", member=member)
    found = parse_symbol(facts.symbols[0])
    if found is None:
        return say("masthead.whole", member=member, symbol=clean(facts.symbols[0]))
    chain = "".join(say(f"masthead.{name}", n=number) for name, number in found.chain)
    return say("masthead.one", member=member, number=found.number, chain=chain)


def title(facts: CommentFacts) -> str:
    """对欧盟第9001号通报的评议意见"""
    return say("masthead.title", what=notification(facts))


def basic_rows(facts: CommentFacts) -> Iterator[tuple[str, Text]]:
    """通报基本信息表: label and value, never empty; what few notifications give has a row only where it is given."""
    unstated = text(say("blank.unstated"))
    optional = {"kind", "products_text", "objectives", "agency", "documents"}
    hs = tuple(hs_text(code) for code in facts.hs)
    values: tuple[tuple[str, Text], ...] = (
        ("symbols", text("、".join(facts.symbols))),
        ("member", text(facts.member_zh)),
        ("kind", text(" ".join(part for part in (facts.area, facts.kind_zh) if part))),
        ("title", text(shorten(clean(facts.title), _LONG_TEXT), lang=facts.title_lang)),
        ("title_zh", or_blank(facts.title_zh)),
        ("products", text(shorten(clean("、".join(facts.products_zh)), _LONG_TEXT))),
        ("products_text", text(shorten(clean(facts.products_text), _LONG_TEXT), lang=facts.title_lang)),
        ("hs", text(codes(hs))),
        ("ics", text(codes(facts.ics))),
        ("objectives", text("、".join(facts.objectives_zh))),
        ("agency", text(shorten(clean(facts.agency_text), _LONG_TEXT))),
        ("distributed", text(day(facts.distribution_date) if facts.distribution_date else "")),
        ("deadline", text(_deadline(facts))),
        ("adoption", text(shorten(clean(facts.adoption_text), 200))),
        ("entry", text(shorten(clean(facts.entry_text), 200))),
        ("url", text(facts.url, url=facts.url)),
        ("documents", lines(*(text(link, url=link) for link in facts.document_links))),
        ("full_text", _full_text(facts)),
    )
    for name, value in values:
        if value or name not in optional:
            yield say(f"basics.{name}"), value or unstated


def codes(values: tuple[str, ...]) -> str:
    """Codes in one line, a very long list cut with its length."""
    tail = f"等{len(values)}个" if len(values) > _MOST_CODES else ""
    return "、".join(values[:_MOST_CODES]) + tail


def _deadline(facts: CommentFacts) -> str:
    deadline = facts.comment_deadline
    if deadline is None:
        return shorten(clean(facts.comment_deadline_text), 200)
    left = (deadline - facts.prepared_on).days
    name = "past" if left < 0 else "today" if left == 0 else "ahead"
    return day(deadline) + say(f"left.{name}", n=left)


def _full_text(facts: CommentFacts) -> Text:
    if facts.full_text is None:
        return or_blank("")
    note = clean(facts.full_text_note)
    return text(say(f"full_text.{facts.full_text.value}") + (f"（{note}）" if note else ""))
