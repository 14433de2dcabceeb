"""The two annexes, 评议意见逐条表 and the firms' answers, and the tables whose long rows are cut to fit a page."""

from __future__ import annotations

from collections.abc import Sequence

from reports.bulletin.builder import Builder
from reports.bulletin.figures import short_day
from reports.comments.facts import Basis, BasisKind, CommentFacts, CommentPoint
from reports.comments.rows import Cell, fitting
from reports.comments.wording import cited, listed, say
from reports.document import AnnexStart, Span, Text, clean, text

_LINE_MM = {False: 156.0, True: 261.0}  # type area, upright and across
_PADDING_MM = 2.8
_CHARACTER_MM = {True: 3.53, False: 4.24}  # 10 pt and 12 pt, the two sizes of tables
# Lines of a row that stands whole below title, caption and head, and of a part of one that does not: two make a page.
_MOST_LINES = {False: (32, 18), True: (24, 14)}  # upright, across
_POINT_WIDTHS = (0.055, 0.1, 0.2, 0.2, 0.265, 0.18)
_FEEDBACK_WIDTHS = (0.09, 0.2, 0.25, 0.31, 0.15)


def or_blank(value: str) -> Text:
    """The text, or 「（待填）」 set off."""
    return text(value) or text(say("blank.mark"), bold=True)


def paragraphs(value: str) -> list[Text]:
    """The officer's text by its lines, at least one: 「（待填）」 where it is empty."""
    return [text(line) for line in value.splitlines() if clean(line)] or [or_blank("")]


def fitted_table(
    page: Builder,
    caption: str,
    headers: tuple[str, ...],
    rows: Sequence[Sequence[Cell]],
    widths: tuple[float, ...],
    align: str,
    *,
    small: bool = True,
    landscape: bool = False,
    numbered: bool = False,
) -> None:
    """A table whose rows all fit on a page; parts of a long one are marked 续 where the first column is a number."""
    line = _LINE_MM[landscape]
    per_line = [(line * width / sum(widths) - _PADDING_MM) / _CHARACTER_MM[small] for width in widths]
    fitted: list[tuple[Text, ...]] = []
    for cells in rows:
        first, *more = fitting(cells, per_line, *_MOST_LINES[landscape])
        fitted.append(first)
        for rest in more:
            name = "".join(span.text for span in first[0])
            fitted.append((text(say("points.continued", n=name)), *rest[1:]) if numbered else rest)
    page.table(caption, headers, tuple(fitted), widths, align, small=small)


def add_annexes(page: Builder, facts: CommentFacts) -> None:
    """附件1 评议意见逐条表, across; 附件2 企业反馈意见明细."""
    _add_points(page, facts)
    _add_feedback(page, facts)


def _add_points(page: Builder, facts: CommentFacts) -> None:
    is_declined = not facts.points and facts.submit_comment.answer is False
    page.add(AnnexStart(label="附件1", title=say("points.annex"), landscape=not is_declined))
    if is_declined:
        page.body(say("points.none"))
        return
    points = facts.points or (CommentPoint(),)
    fitted_table(
        page,
        say("points.annex"),
        listed("points.headers"),
        [_point_cells(facts.area, number, point) for number, point in enumerate(points, start=1)],
        _POINT_WIDTHS,
        "clllll",
        landscape=True,
        numbered=True,
    )
    if not facts.is_signed and any(not point.bases for point in points):
        page.note(say(f"notes.hint_{facts.area if facts.area in {'TBT', 'SPS'} else ''}"))


def _point_cells(area: str, number: int, point: CommentPoint) -> list[Cell]:
    requirement = [text(line) for line in point.requirement_zh.splitlines() if clean(line)]
    original = [text(line, lang=point.requirement_lang) for line in point.requirement.splitlines() if clean(line)]
    if requirement and original:
        original[0] = (Span(say("points.original"), bold=True), *original[0])
    order = list(BasisKind)
    bases = sorted(point.bases, key=lambda basis: order.index(basis.kind))
    grounds = [paragraph for basis in bases for paragraph in _basis(area, basis)]
    return [
        [text(str(number))],
        [or_blank(point.clause)],
        [*requirement, *original] or paragraphs(""),
        paragraphs(point.opinion),
        grounds or paragraphs(""),
        paragraphs(point.suggestion),
    ]


def _basis(area: str, basis: Basis) -> list[Text]:
    """国际标准：IEC 60034-1:2022。words 《TBT协定》第2.4条（…）。"""
    sources = "、".join(
        part for part in (clean(basis.reference), *(cited(area, article) for article in basis.articles)) if part
    )
    first, *others = [line for line in map(clean, basis.text.splitlines()) if line] or [""]
    said = (f"{sources}。" if sources else "") + first
    lead = Span(say(f"basis.{basis.kind.value}"), bold=True)
    return [(lead, *or_blank(said)), *map(text, others)]


def _add_feedback(page: Builder, facts: CommentFacts) -> None:
    page.add(AnnexStart(label="附件2", title=say("feedback.annex")))
    if not facts.feedback:
        page.body(say("feedback.none"))
        return
    rows = [
        [
            [text(str(number))],
            [text(entry.firm_name + entry.marks)],
            [text(line) for line in entry.impact.splitlines() if clean(line)] or [text(say("blank.unsent"))],
            paragraphs(entry.opinion),
            [text(short_day(entry.replied_on) if entry.replied_on else say("blank.unsent"))],
        ]
        for number, entry in enumerate(facts.feedback, start=1)
    ]
    fitted_table(
        page, say("feedback.annex"), listed("feedback.headers"), rows, _FEEDBACK_WIDTHS, "clllc", numbered=True
    )
    page.note(say("notes.restricted" if facts.firm_names else "notes.public"))
    if facts.firm_names and any(entry.marks for entry in facts.feedback):
        page.note(say("notes.marks"))
