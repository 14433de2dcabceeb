"""Facts of a month to the document of its issue: pure, no clock, no layout."""

from __future__ import annotations

from reports.bulletin.annexes import add_annexes
from reports.bulletin.builder import Builder
from reports.bulletin.facts import BulletinFacts, inconsistencies
from reports.bulletin.figures import day, minute, say, summary_limit
from reports.bulletin.highlights import add_highlights
from reports.bulletin.overview import add_overview
from reports.bulletin.relevance import add_relevance, level_counts
from reports.bulletin.schedule import add_deadlines, add_hints, add_proceedings, add_response, within_horizon
from reports.document import Colophon, Document, Masthead, Paragraph, Span, clean, text


def compose_bulletin(facts: BulletinFacts) -> Document:
    """The whole issue as blocks.

    Every number in prose is taken from the same field as its table. Facts that do not add up still give a document,
    with a warning on page one that forbids signing it (`inconsistencies`). What the public version may not hold is
    left out of its facts before.
    """
    page = Builder()
    page.add(_masthead(facts))
    wrong = inconsistencies(facts)
    if wrong:
        page.note(say("notes.warning", list="；".join(wrong)), "warning")
    if facts.simulated:
        page.note(say("notes.simulated"), "warning")
    page.add(Paragraph((Span(say("summary.lead"), bold=True), *text(summary(facts))), role="abstract"))
    for sentence in facts.corrections:
        page.lead(say("notes.corrections"), text(sentence))
    _add_preface(page, facts)
    add_overview(page, facts)
    add_relevance(page, facts)
    add_highlights(page, facts)
    add_deadlines(page, facts)
    add_response(page, facts)
    add_proceedings(page, facts)
    add_hints(page, facts)
    add_annexes(page, facts)
    page.add(_colophon(facts))
    return Document(
        title=say("masthead.title"),
        subject=say("masthead.subject", year=facts.year, month=facts.month),
        author=clean(facts.issuer.name),
        created_at=facts.generated_at,
        keywords=("技术性贸易措施", "TBT", "SPS", f"{facts.year}年{facts.month}月"),
        blocks=tuple(page.blocks),
    )


def _add_preface(page: Builder, facts: BulletinFacts) -> None:
    """导语: the officer's, else an empty place for one."""
    if facts.preface is None:
        page.slot("preface")
        return
    page.slot("preface", facts.preface.text)
    if facts.firm_names and facts.preface.by:
        page.note(say("items.written", by=facts.preface.by))


def _masthead(facts: BulletinFacts) -> Masthead:
    serial = facts.serial
    if serial is None:
        line = say("masthead.draft", year=facts.year, month=facts.month)
    else:
        line = say("masthead.serial", year=facts.year, in_year=serial.in_year, overall=serial.overall)
    return Masthead(
        title=say("masthead.title"),
        serial_line=line,
        issuer=clean(facts.issuer.name),
        date_text=day(facts.issue_date),
        mark=say("masthead.restricted") if facts.firm_names else "",
        is_draft=serial is None,
    )


def summary(facts: BulletinFacts) -> str:
    """提要: clauses in order of weight as long as they fit the limit of `wording.toml` (150 characters)."""
    totals, relevance = facts.totals, facts.relevance
    if totals.n_symbols:
        first = say(
            "summary.total",
            month=facts.month,
            members=totals.n_members,
            symbols=totals.n_symbols,
            tbt=totals.tbt,
            sps=totals.sps,
        )
    else:
        first = say("summary.none", month=facts.month)
    clauses = [first]
    if relevance.n_measures:
        clauses.append(say("summary.relevant", measures=relevance.n_measures, firms=relevance.n_firms))
        warned = [count.n for count in level_counts(facts) if count.name == "预警"]
        if warned:
            clauses.append(say("summary.levels", warning=warned[0]))
    else:
        clauses.append(say("summary.irrelevant"))
    soon = [entry for entry in within_horizon(facts) if entry.event == "评议截止"]
    if soon:
        clauses.append(say("summary.deadlines", n=len(soon), date=day(soon[0].on)))
    if facts.response.due:
        clauses.append(say("summary.clock", due=facts.response.due, on_time=facts.response.on_time))
    limit = summary_limit() - len(say("summary.lead"))
    joined = clauses[0]
    for clause in clauses[1:]:
        mark = "，" if clause.startswith("其中") else "；"
        if len(joined) + len(mark + clause) + 1 <= limit:
            joined += mark + clause
    return joined + "。"


def _colophon(facts: BulletinFacts) -> Colophon:
    issuer = facts.issuer
    rows = (
        (say("colophon.report_to"), issuer.report_to),
        (say("colophon.copy_to"), issuer.copy_to),
        (say("colophon.send_to"), issuer.send_to),
        (say("colophon.issuer"), issuer.name),
        (say("colophon.contact"), issuer.contact),
        (say("colophon.generated"), say("colophon.generated_value", time=minute(facts.generated_at))),
    )
    return Colophon(
        rows=tuple((label, clean(value)) for label, value in rows if value), statement=say("colophon.statement")
    )
