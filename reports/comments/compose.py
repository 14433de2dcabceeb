"""Facts of a comment to the document of its dossier: pure, no clock, no layout.

Parts: 通报基本信息表, 涉及我市产品和企业情况, 评议意见, 企业反馈汇总, 结论与建议, 报送, 签署栏; as annexes 逐条表,
whose six columns need the wide page, and the firms' answers. GB/T 44976-2024 is the standard of this work; the form
that it gives was not seen, so the parts are those of usual comment work (`wording.toml`).
"""

from __future__ import annotations

from reports.bulletin.builder import Builder
from reports.bulletin.figures import day, minute, percent, short_day, shorten
from reports.bulletin.figures import symbols as symbols_in_words
from reports.comments.annexes import add_annexes, fitted_table, or_blank, paragraphs
from reports.comments.basics import basic_rows, codes, notification, title
from reports.comments.facts import (
    CommentFacts,
    Decision,
    FullText,
    blanks,
    firm_named_in,
    inconsistencies,
    named_firms,
    signatures_in_order,
    submissions_in_order,
    without_firm_names,
)
from reports.comments.wording import listed, say
from reports.document import (
    Colophon,
    Document,
    KeyFacts,
    Masthead,
    Paragraph,
    Span,
    Text,
    clean,
    plain,
    strings_of,
    text,
)
from reports.mail.wording import hs_text
from warehouse.errors import InputError


def compose_dossier(facts: CommentFacts) -> Document:
    """The whole dossier as blocks.

    Unsigned, it is marked 征求意见稿 on top, lists what is still to be written and warns of what does not fit together.
    InputError: signed facts with blanks or contradictions; a firm's name in a text of the public version.
    """
    steps = listed("signatures.steps")
    open_points, wrong = blanks(facts, steps), inconsistencies(facts)
    if facts.is_signed:
        _refuse_unfinished(open_points, wrong)
    if not facts.firm_names:
        facts = _public(facts)
    page = Builder()
    page.add(_masthead(facts))
    _add_remarks(page, facts, open_points, wrong)
    page.section(say("sections.basics"))
    page.add(KeyFacts(caption=say("basics.caption"), rows=tuple(basic_rows(facts))))
    _add_city(page, facts)
    _add_points(page, facts)
    _add_feedback(page, facts)
    _add_conclusion(page, facts)
    _add_submissions(page, facts)
    _add_signatures(page, facts, steps)
    add_annexes(page, facts)
    page.add(_colophon(facts))
    return Document(
        title=title(facts) + ("" if facts.is_signed else say("masthead.draft")),
        subject=say("masthead.subject", symbols=clean("、".join(facts.symbols)) or notification(facts)),
        author=clean(facts.office),
        created_at=facts.generated_at,
        keywords=tuple(
            word for word in ("技术性贸易措施", "评议意见", facts.area, *map(clean, facts.symbols[:1])) if word
        ),
        blocks=tuple(page.blocks),
    )


def _refuse_unfinished(open_points: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    if open_points:
        message = say("errors.unfinished", n=len(open_points), list="、".join(open_points))
        raise InputError(message, say("errors.unfinished_next"))
    if wrong:
        raise InputError(say("errors.wrong", list="；".join(wrong)), say("errors.wrong_next"))


def _public(facts: CommentFacts) -> CommentFacts:
    """The facts without names; refused if one stands in a text, as an officer may have written it there."""
    names = named_firms(facts)
    public = without_firm_names(facts)
    for words in strings_of(public):
        if name := firm_named_in(words, names):
            raise InputError(say("errors.named", name=name, words=shorten(words, 60)), say("errors.named_next"))
    return public


def _masthead(facts: CommentFacts) -> Masthead:
    return Masthead(
        title=title(facts),
        serial_line=clean(symbols_in_words(facts.symbols, 1)) + ("" if facts.is_signed else say("masthead.draft")),
        issuer=clean(facts.office),
        date_text=day(facts.prepared_on),
        mark=say("masthead.restricted") if facts.firm_names else "",
        is_draft=not facts.is_signed,
    )


def _add_remarks(page: Builder, facts: CommentFacts, open_points: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    if not facts.is_signed:
        page.note(say("notes.draft"), "warning")
    if facts.simulated:
        page.note(say("notes.simulated"), "warning")
    if wrong:
        page.note(say("notes.wrong", list="；".join(wrong)), "warning")
    deadline = facts.comment_deadline
    if not facts.is_signed and deadline is not None and deadline < facts.prepared_on:
        page.note(say("notes.closed", date=day(deadline)), "warning")
    if open_points:
        page.note(say("notes.blanks", n=len(open_points), list="、".join(open_points)))


def _add_city(page: Builder, facts: CommentFacts) -> None:
    page.section(say("sections.city"))
    products, firms, blank = len(facts.products), facts.n_firms, say("blank.mark")
    if products:
        known = firms is not None
        page.body(
            say("city.total" if known else "city.unknown", products=products, firms=firms, blank=blank),
            say("city.overlap") if products > 1 else "",
        )
        _add_products(page, facts)
    elif firms == 0:
        page.body(say("city.nothing"))
    elif firms is None:
        page.body(say("city.unlooked", blank=blank))
    else:
        page.body(say("city.total", products=products, firms=firms))
    _led(page, say("city.impact"), facts.impact)


def _add_products(page: Builder, facts: CommentFacts) -> None:
    rows = []
    for product in facts.products:
        cells = [
            [text(product.name_zh)],
            [text(codes(tuple(hs_text(code) for code in product.hs)) or say("blank.unsent"))],
            [text("/".join(part for part in (product.relation_zh, product.level_zh) if part) or say("blank.unsent"))],
            [text(str(product.n_firms))],
            [text(product.export_text) or or_blank("")],
        ]
        if facts.firm_names:
            names = (name + product.firm_marks.get(name, "") for name in product.firm_names)
            cells.append([text("、".join(names) or say("blank.unsent"))])
        rows.append(cells)
    headers = listed("city.headers_firms" if facts.firm_names else "city.headers")
    widths = (0.19, 0.15, 0.13, 0.09, 0.2, 0.24) if facts.firm_names else (0.26, 0.17, 0.14, 0.12, 0.31)
    fitted_table(page, say("city.table"), headers, rows, widths, "llccll" if facts.firm_names else "llccl")
    page.note(say("notes.restricted" if facts.firm_names else "notes.public"))
    if facts.firm_names and any(product.firm_marks for product in facts.products):
        page.note(say("notes.marks"))


def _add_points(page: Builder, facts: CommentFacts) -> None:
    page.section(say("sections.points"))
    if facts.full_text in {FullText.NOT_OBTAINED, FullText.REQUESTED}:
        page.note(say("notes.not_obtained"), "warning")
    if not facts.points:
        page.body(say("points.none" if facts.submit_comment.answer is False else "points.unwritten"))
        return
    page.body(say("points.total", n=len(facts.points)))
    for number, point in enumerate(facts.points, start=1):
        lead = say("points.clause", clause=clean(point.clause) or say("blank.mark"))
        words = clean(point.suggestion) or say("blank.mark")
        page.add(Paragraph((Span(f"{number}.{lead}", bold=True), *text(words)), role="point"))


def _add_feedback(page: Builder, facts: CommentFacts) -> None:
    page.section(say("sections.feedback"))
    asked, answered = facts.n_asked, facts.n_answered
    if asked == 0:
        page.body(say("feedback.not_asked"))
    else:
        rate = say("feedback.rate", rate=percent(answered, asked)) if asked and answered is not None else ""
        blank = say("blank.mark")
        sentence = say(
            "feedback.total",
            asked=blank if asked is None else asked,
            answered=blank if answered is None else answered,
            rate=rate,
        )
        page.body(sentence, say("feedback.detail") if facts.feedback else "")
    if asked != 0 or facts.feedback_summary:
        _led(page, say("feedback.summary"), facts.feedback_summary)


def _add_conclusion(page: Builder, facts: CommentFacts) -> None:
    page.section(say("sections.conclusion"))
    _led(page, say("conclusion.overall"), facts.conclusion)
    until = say("conclusion.until", date=day(facts.extension_until) if facts.extension_until else say("blank.mark"))
    decisions = (
        ("submit", facts.submit_comment, ""),
        ("extend", facts.ask_extension, until),
        ("concern", facts.raise_concern, ""),
    )
    rows = [
        [[text(say(f"conclusion.{name}"))], _answer(decision, more), paragraphs(decision.reason)]
        for name, decision, more in decisions
    ]
    fitted_table(
        page, say("conclusion.table"), listed("conclusion.headers"), rows, (0.27, 0.31, 0.42), "lcl", small=False
    )


def _answer(decision: Decision, more: str) -> list[Text]:
    if decision.answer is None:
        return [or_blank("")]
    if not decision.answer:
        return [text(say("conclusion.no"))]
    return [line for line in (text(say("conclusion.yes")), text(more)) if line]


def _add_submissions(page: Builder, facts: CommentFacts) -> None:
    page.section(say("sections.submission"))
    rows = []
    for found in submissions_in_order(facts, listed("submission.recipients")):
        none = "" if found.lacks_date else say("blank.unsent")
        rows.append(
            [
                [text(found.recipient_zh)],
                [text(say(f"state.{found.state.value}"))],
                [text(short_day(found.due_on) if found.due_on else say("blank.unsent"))],
                [or_blank(short_day(found.done_on) if found.done_on else none)],
                [text(found.note)],
            ]
        )
    widths = (0.33, 0.12, 0.16, 0.16, 0.23)
    fitted_table(page, say("submission.table"), listed("submission.headers"), rows, widths, "lcccl")


def _add_signatures(page: Builder, facts: CommentFacts, steps: tuple[str, ...]) -> None:
    page.section(say("sections.signatures"))
    rows = []
    for found in signatures_in_order(facts, steps):
        when = day(found.signed_on) if found.signed_on else ""
        rows.append([[text(found.step_zh)], [or_blank(found.name)], [or_blank(when)], [text(found.remark)]])
    widths = (0.14, 0.22, 0.26, 0.38)
    fitted_table(page, say("signatures.table"), listed("signatures.headers"), rows, widths, "cccl", small=False)


def _led(page: Builder, lead: str, words: str) -> None:
    """Paragraphs of the officer's text, the first led by its name in bold."""
    first, *others = paragraphs(words)
    page.add(Paragraph((Span(lead, bold=True), *first)), *map(Paragraph, others))


def _colophon(facts: CommentFacts) -> Colophon:
    rows = (
        (say("colophon.office"), facts.office),
        (say("colophon.contact"), facts.contact),
        (say("colophon.generated"), say("colophon.generated_value", time=minute(facts.generated_at))),
    )
    return Colophon(
        rows=tuple((label, clean(value)) for label, value in rows if plain(text(value))),
        statement=say("colophon.statement"),
    )
