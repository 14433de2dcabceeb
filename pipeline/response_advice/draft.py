"""A first draft of 应对建议 for one case, for an officer to change and sign. All wording stands in `advice.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pipeline.response_advice.deadlines import CommentState, Deadlines, advice_data
from pipeline.response_advice.kinds import OTHER, kind_codes
from reports.mail.clean import one_line
from warehouse.records import Relation

_NAME_EDGES = " .,;。，；、：:"


class MeasureStatus(StrEnum):
    """How far the measure has come."""

    DRAFT = "draft"
    ADOPTED = "adopted"
    IN_FORCE = "in-force"
    UNKNOWN = "unknown"


class CommentAdvice(StrEnum):
    """Whether to comment (评议 / 不评议 / 待定)."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceFacts:
    """What a draft is made of. Empty texts are worded as 有关成员, 通报措施, 相关产品."""

    member_zh: str
    title: str  # Chinese where there is one, else as notified
    kinds: tuple[str, ...]  # as `measure_kinds` gives them; empty counts as `other`
    relation: Relation  # direct or indirect
    products: tuple[str, ...]  # names of the goods, the most important first
    deadlines: Deadlines
    status: MeasureStatus = MeasureStatus.UNKNOWN
    entry_into_force: date | None = None
    has_full_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceDraft:
    """The draft: the mark that it is one, a note where the text is missing, five sentences, the advice on comments."""

    mark: str
    note: str  # empty where the full text was read
    sentences: tuple[str, ...]  # check, prepare, ask, comment, dates; without their numbers
    comment: CommentAdvice
    brief: str  # check, prepare and comment in one paragraph, without dates and names of products

    @property
    def text(self) -> str:
        """The whole as plain text: the mark, the note and one numbered line a sentence, without a break at the end."""
        numbered = (f"{number}. {sentence}" for number, sentence in enumerate(self.sentences, start=1))
        return "\n".join((self.mark, *([self.note] if self.note else []), *numbered))


def kind_names() -> dict[str, str]:
    """The Chinese name of each kind of measure, by code."""
    return {code: str(kind["name"]) for code, kind in advice_data()["kinds"].items()}


def draft_advice(facts: AdviceFacts) -> AdviceDraft:
    """Draft the advice of a case; the same facts give the same text.

    Errors: ValueError for a case without relation, a kind that is not listed in `advice.toml`, or dates whose state
    is open, short or closed without a comment deadline (faults of the caller).
    """
    if facts.relation is Relation.NONE:
        raise ValueError("no advice for a case without relation")
    codes = (facts.kinds or (OTHER,))[: advice_data()["limits"]["kinds"]]
    unknown = set(codes) - set(kind_codes())
    if unknown:
        raise ValueError(f"kinds not listed: {sorted(unknown)}")
    kinds = [advice_data()["kinds"][code] for code in codes]
    comment = _comment_advice(facts)
    head = advice_data()["head"]
    return AdviceDraft(
        mark=head["mark"],
        note="" if facts.has_full_text else head["no_full_text"],
        sentences=(
            _check(facts, kinds),
            _prepare(facts, kinds),
            _ask(facts, kinds),
            _comment(facts, kinds, comment),
            _dates(facts),
        ),
        comment=comment,
        brief=_brief(facts, kinds, comment),
    )


def _check(facts: AdviceFacts, kinds: Iterable[Mapping[str, Any]]) -> str:
    words = advice_data()["check"]
    lead = words["lead"].format(
        member=_member(facts), measure=_measure(facts), kinds="、".join(kind["name"] for kind in kinds)
    )
    source = words["full_text" if facts.has_full_text else "no_full_text"]
    focus = words[facts.relation].format(products=_products(facts))
    return _sentence(words["label"], f"{lead}，{source}，{focus}，{_clauses(kinds, 'check', facts.relation)}")


def _prepare(facts: AdviceFacts, kinds: Iterable[Mapping[str, Any]]) -> str:
    words = advice_data()["prepare"]
    clauses = _clauses(kinds, "prepare", facts.relation)
    return _sentence(words["label"], words[facts.relation].format(clauses=clauses))


def _ask(facts: AdviceFacts, kinds: Iterable[Mapping[str, Any]]) -> str:
    words = advice_data()["ask"]
    bodies = "、".join(dict.fromkeys(body for kind in kinds for body in kind["ask"]))
    return _sentence(words["label"], words[facts.relation].format(member=_member(facts), bodies=bodies))


def _comment_advice(facts: AdviceFacts) -> CommentAdvice:
    """A direct case with time left is worth a comment; an indirect one only where customers and firms have data."""
    if facts.deadlines.state is CommentState.CLOSED:
        return CommentAdvice.NO
    has_time = facts.deadlines.state in (CommentState.OPEN, CommentState.SHORT) and not facts.deadlines.is_stop_passed
    if has_time and facts.relation is Relation.DIRECT:
        return CommentAdvice.YES
    return CommentAdvice.UNDECIDED


def _comment(facts: AdviceFacts, kinds: Iterable[Mapping[str, Any]], advice: CommentAdvice) -> str:
    words = advice_data()["comment"]
    said = words[_comment_key(facts, advice)].format(grounds="；".join(kind["grounds"] for kind in kinds))
    # what can still be changed depends on how far the measure is; after the deadline nothing is submitted anyway
    late = "" if facts.deadlines.state is CommentState.CLOSED else words["status"].get(facts.status, "")
    return _sentence(words["label"], said, late)


def _comment_key(facts: AdviceFacts, advice: CommentAdvice) -> str:
    state = facts.deadlines.state
    if state in (CommentState.CLOSED, CommentState.UNKNOWN):
        return str(state)
    if facts.deadlines.is_stop_passed:
        return "stop_passed"
    return f"{advice}_short" if state is CommentState.SHORT else str(advice)


def _brief(facts: AdviceFacts, kinds: Sequence[Mapping[str, Any]], advice: CommentAdvice) -> str:
    words = advice_data()["brief"]
    first = kinds[: words["kinds"]]
    check, prepare = (
        words["between"].join(kind[part][facts.relation] for kind in first) for part in ("check", "prepare")
    )
    comment = words["comment"][_comment_key(facts, advice)].format(grounds=kinds[0]["grounds"])
    return str(words["text"].format(check=check, prepare=prepare, comment=comment))


def _dates(facts: AdviceFacts) -> str:
    words = advice_data()["dates"]
    dates = facts.deadlines
    entry = facts.entry_into_force
    in_force = (
        words["no_entry"][facts.status] if entry is None else words["entry"][facts.status].format(entry=_day(entry))
    )
    if dates.state is CommentState.UNKNOWN:
        return _sentence(words["label"], words["unknown"], in_force)
    if dates.comment_deadline is None:
        raise ValueError("a comment deadline belongs to the states open, short and closed")
    deadline = _day(dates.comment_deadline)
    if dates.state is CommentState.CLOSED:
        return _sentence(words["label"], words["closed"].format(comment_deadline=deadline), in_force)
    firms = words["firms"].format(firms_by=_day(dates.firms_by)) if dates.firms_by else words["firms_at_once"]
    if dates.upward_by is None:
        upward = words["upward_at_once"]
    elif dates.upward_by == dates.firms_by:
        upward = words["upward_same_day"]
    else:
        upward = words["upward"].format(upward_by=_day(dates.upward_by))
    steps = [firms, upward]
    if dates.stop_by:
        steps.append(words["stop_passed" if dates.is_stop_passed else "stop"].format(stop_by=_day(dates.stop_by)))
    steps.append(words["deadline"].format(comment_deadline=deadline))
    return _sentence(words["label"], "，".join(steps), in_force)


def _sentence(label: str, *parts: str) -> str:
    return f"{label}：{'；'.join(part for part in parts if part)}。"


def _clauses(kinds: Iterable[Mapping[str, Any]], part: str, relation: Relation) -> str:
    return "；".join(kind[part][relation] for kind in kinds)


def _member(facts: AdviceFacts) -> str:
    return _cut(facts.member_zh, "member") or str(advice_data()["fallback"]["member"])


def _measure(facts: AdviceFacts) -> str:
    title = _cut(facts.title, "title")
    if not title:
        return str(advice_data()["fallback"]["measure"])
    if title.startswith("《") and title.endswith("》") and title.count("《") == 1:
        title = title[1:-1]
    inner = title.replace("《", "〈").replace("》", "〉")  # GB/T 15834: a title within a title
    return str(advice_data()["pieces"]["title"].format(title=inner))


def _products(facts: AdviceFacts) -> str:
    names = list(dict.fromkeys(name for product in facts.products if (name := _cut(product, "product"))))
    if not names:
        return str(advice_data()["fallback"]["products"])
    most = advice_data()["limits"]["products"]
    key = "products" if len(names) <= most else "products_more"
    return str(advice_data()["pieces"][key].format(names="、".join(names[:most]), n=len(names)))


def _cut(text: str, limit: str) -> str:
    """A name on one line, without the stops around it, cut to the limit of that name."""
    line = one_line(text).strip(_NAME_EDGES)
    most = advice_data()["limits"][limit]
    return line if len(line) <= most else line[: most - 1].rstrip(_NAME_EDGES) + advice_data()["head"]["cut"]


def _day(day: date) -> str:
    """A date as official texts write it: 2026年3月1日, no leading zeros."""
    return str(advice_data()["pieces"]["date"].format(year=day.year, month=day.month, day=day.day))
