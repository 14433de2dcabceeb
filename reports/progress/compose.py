"""Facts of a month to its note on one page: a table of what was done and what comes next. Pure, no clock.

The table is set smaller than the text of a document (三号), or a month with much would not stay on its page.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from reports.bulletin.facts import BulletinFacts, Counted
from reports.bulletin.figures import comparison, day, hours, listing, minute, percent, ranked, shorten
from reports.bulletin.figures import say as say_bulletin
from reports.bulletin.highlights import is_machine
from reports.bulletin.relevance import level_counts
from reports.bulletin.schedule import within_horizon
from reports.document import Document, KeyFacts, Masthead, Note, Paragraph, clean, text
from reports.progress.facts import ProgressFacts, ServedFirms

_MOST_NAMES, _MOST_NAME = 3, 14  # of a list, and characters of a name, so that the note keeps to its page


def compose_note(facts: ProgressFacts) -> Document:
    """The note as blocks. Every number is the bulletin's of the same month, or one of the firms served."""
    month = facts.bulletin
    rows = (
        ("coverage", coverage(month)),
        ("matching", matching(month)),
        ("response", response(month)),
        ("service", service(month, facts.served)),
        ("advocacy", advocacy(month)),
        ("next", next_steps(month)),
    )
    blocks = (
        Masthead(
            title=say("note.title"),
            serial_line=say("note.serial", year=month.year, month=month.month),
            issuer=clean(month.issuer.name),
            date_text=day(month.issue_date),
        ),
        Paragraph(text(say("note.intro", year=month.year, month=month.month))),
        KeyFacts(caption=say("note.table"), rows=tuple((say(f"labels.{key}"), text(said)) for key, said in rows)),
        Note(text(_source(month))),
    )
    return Document(
        title=say("note.title"),
        subject=say("note.subject", year=month.year, month=month.month),
        author=clean(month.issuer.name),
        created_at=month.generated_at,
        keywords=("技术性贸易措施", f"{month.year}年{month.month}月"),
        blocks=blocks,
    )


def coverage(month: BulletinFacts) -> str:
    """监测覆盖: sources, notifications, measures, 环比 and 同比."""
    totals, sources = month.totals, month.sources
    active = sum(source.n_notifications > 0 for source in sources)
    said = [say("coverage.sources", n=len(sources), active=active) if sources else say("coverage.no_source")]
    if not totals.n_symbols:
        return "".join((*said, say("coverage.none")))
    said.append(
        say(
            "coverage.total",
            members=totals.n_members,
            symbols=totals.n_symbols,
            tbt=totals.tbt,
            sps=totals.sps,
            measures=totals.n_measures,
        )
    )
    bases = ((totals.previous_month, False), (totals.same_month_last_year, True))
    known = [comparison(totals.n_symbols, base, year=year) for base, year in bases if base is not None]
    if known:
        said.append(say("coverage.compared", comparison="，".join(known)))
    if totals.year_to_date is not None:
        said.append(say("coverage.year_to_date", n=totals.year_to_date))
    return "".join(said)


def matching(month: BulletinFacts) -> str:
    """企业匹配: relevant measures and firms, levels, how many an officer has judged."""
    found = month.relevance
    size = found.n_firms_on_list
    register = "" if size is None else say("matching.register", n=size)
    if not found.n_measures:
        return say("matching.none", register=register)
    machine = sum(is_machine(item) for item in month.items)
    return "".join(
        (
            say("matching.total", register=register, measures=found.n_measures, firms=found.n_firms),
            say("matching.levels", list=listing(level_counts(month), "项")) if month.items else "",
            say("matching.judged", judged=len(month.items) - machine, machine=machine) if month.items else "",
        )
    )


def response(month: BulletinFacts) -> str:
    """快速响应: due, on time, overdue, median, what stands outside the rate, causes."""
    clock = month.response
    said = [say("response.none")]
    if clock.due:
        rate = percent(clock.on_time, clock.due)
        if clock.rates:  # of several rules, which share no rate
            rate = "、".join(
                say("response.by_rule", rate=percent(each.on_time, each.due), version=each.version)
                for each in clock.rates
                if each.due
            )
        said = [
            say(
                "response.total",
                due=clock.due,
                done=clock.done,
                on_time=clock.on_time,
                rate=rate,
                overdue=clock.overdue,
            )
        ]
    if clock.median_hours is not None:
        said.append(say("response.median", median=hours(clock.median_hours)))
    counts = (("pending", clock.not_yet_due), ("backfilled", clock.backfilled))
    parts = [say(f"response.{key}", n=n) for key, n in counts if n]
    if parts:
        said.append(say("response.rest", parts="、".join(parts)))
    if clock.causes:
        said.append(say("response.causes", list=_few(ranked(clock.causes), "项")))
    return "".join(said)


def service(month: BulletinFacts, served: ServedFirms) -> str:
    """服务企业: told, consulted, asked, heard."""
    parts = [
        say("service.told", n=served.n_told_measures) if served.n_told_measures else "",
        say("service.firms", n=served.n_told_firms) if served.n_told_firms else "",
        say("service.consulted", n=month.n_consultations, measures=month.n_consulted_measures)
        if month.n_consultations
        else "",
        say("service.requested", n=served.n_requested) if served.n_requested else "",
        say("service.received", n=served.n_received, firms=served.n_received_firms) if served.n_received else "",
        say("service.impact", n=served.n_impact_firms) if served.n_impact_firms else "",
    ]
    said = "；".join(part for part in parts if part)
    return said + "。" if said else say("service.none")


def advocacy(month: BulletinFacts) -> str:
    """评议与交涉: steps of comment and concern work by kind."""
    steps = month.proceedings
    if not steps:
        return say("advocacy.none")
    names = {step.kind_zh for step in steps}
    kinds = ranked(Counted(name, sum(step.kind_zh == name for step in steps)) for name in names)
    return say("advocacy.total", n=len(steps), list=_few(kinds, "件次"))


def next_steps(month: BulletinFacts) -> str:
    """下一步: what the facts ask for, the most pressing first, at most four."""
    found: list[str] = []
    soon = [entry for entry in within_horizon(month) if entry.event == "评议截止"]
    if soon:
        first = soon[0]
        member = shorten(first.member_zh, _MOST_NAME)
        symbol = first.symbols[0] if first.symbols else first.case_id
        found.append(say("next.deadlines", n=len(soon), symbol=symbol, member=member, date=day(first.on)))
    waiting = month.response.still_open
    overdue = sum(case.is_overdue for case in waiting)
    if waiting:
        key = "open_plain" if not overdue else "open_all" if overdue == len(waiting) else "open"
        found.append(say(f"next.{key}", n=len(waiting), overdue=overdue))
    machine = sum(is_machine(item) for item in month.items)
    if machine:
        found.append(say("next.machine", n=machine))
    if month.issues:
        found.append(say("next.data", n=sum(issue.n for issue in month.issues)))
    if not found:
        return say("next.quiet")
    ordinals: list[str] = _wording()["next"]["ordinals"]
    if len(found) == 1:
        return found[0] + "。"
    return "；".join(ordinal + step for ordinal, step in zip(ordinals, found, strict=False)) + "。"


def _source(month: BulletinFacts) -> str:
    """Where the numbers come from: the issue of the month, and whom to ask."""
    title, serial = say_bulletin("masthead.title"), month.serial
    issue = say("note.issue_draft", title=title)
    if serial is not None:
        numbers = say_bulletin("masthead.serial", year=month.year, in_year=serial.in_year, overall=serial.overall)
        issue = say("note.issue_released", title=title, serial=numbers)
    contact = clean(month.issuer.contact)
    return say(
        "note.source",
        simulated=say_bulletin("notes.simulated") if month.simulated else "",
        time=minute(month.generated_at),
        issue=issue,
        contact=say("note.contact", contact=contact) if contact else "",
    )


def _few(counts: tuple[Counted, ...], unit: str) -> str:
    """The first of a list, the others as one sum: an order that `ranked` gave keeps 其他 last."""
    named = tuple(Counted(shorten(count.name, _MOST_NAME), count.n) for count in counts)
    if len(named) <= _MOST_NAMES:
        return listing(named, unit)
    rest = Counted("其他", sum(count.n for count in named[_MOST_NAMES - 1 :]))
    return listing((*named[: _MOST_NAMES - 1], rest), unit)


def say(key: str, **values: object) -> str:
    """The sentence of `wording.toml` at "section.name", filled. KeyError if either side lacks a name."""
    section, _, name = key.partition(".")
    return str(_wording()[section][name]).format(**values)


@cache
def _wording() -> Mapping[str, Any]:
    return tomllib.loads((files("reports.progress") / "wording.toml").read_text(encoding="utf-8"))
