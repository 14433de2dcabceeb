"""What a comment dossier says, as records. Everything that may be unknown is empty: "", (), None.

Two kinds of empty: what the notification did not give is printed as such (通报未注明); what an officer has to write is
printed 「（待填）」 and listed by `blanks`. WTO dates are dates, `generated_at` is an aware instant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

_SHORTEST_NAME = 4  # shorter names would be found within ordinary words


class FullText(StrEnum):
    """Whether the draft itself was obtained, not only its notification."""

    NOT_OBTAINED = "not-obtained"
    REQUESTED = "requested"
    ORIGINAL = "original"
    TRANSLATED = "translated"


class BasisKind(StrEnum):
    """What a comment rests on, in the order in which it is printed."""

    INTERNATIONAL_STANDARD = "international-standard"
    AGREEMENT = "agreement"
    SCIENCE = "science"
    RECOGNITION = "recognition"  # 等效与互认
    TRANSITION = "transition"


class SubmissionState(StrEnum):
    """Where the dossier is at one recipient."""

    NOT_SENT = "not-sent"
    SENT = "sent"
    RECEIVED = "received"
    FORWARDED = "forwarded"  # 已转报上一级
    RETURNED = "returned"
    NOT_NEEDED = "not-needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedProduct:
    """A product of the city that the measure touches. `firm_names` are printed in the restricted version only.

    `firm_marks` says by name what the office keeps of a firm (重点, 样本); it goes where the names go.
    """

    name_zh: str
    hs: tuple[str, ...] = ()  # digits, as declared by the firms
    relation_zh: str = ""  # 直接, 间接
    level_zh: str = ""  # 预警, 关注, 参考
    n_firms: int = 0
    export_text: str = ""  # value or quantity with period and source, as given
    firm_names: tuple[str, ...] = ()
    firm_marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One ground of a comment.

    `articles` are numbers of the agreement of `CommentFacts.area` ("2.4", or "附件B第2款"); known ones are printed with
    their subject. `reference` is the standard, study or arrangement, e.g. "IEC 60034-1:2022".
    """

    kind: BasisKind
    text: str = ""
    articles: tuple[str, ...] = ()
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPoint:
    """One row of 评议意见逐条表."""

    clause: str = ""  # 条款 of the draft
    requirement: str = ""  # its words
    requirement_lang: str = ""  # ISO 639-1 of `requirement`, "" for Chinese
    requirement_zh: str = ""
    opinion: str = ""
    bases: tuple[Basis, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmFeedback:
    """What one firm answered. `firm_name` and `marks` are printed in the restricted version only."""

    firm_name: str
    opinion: str
    marks: str = ""
    impact: str = ""
    replied_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An answer of the officer, None while there is none, and why."""

    answer: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """The dossier's way to one recipient. Recipients of `wording.toml` stand in every dossier, others may be added."""

    recipient_zh: str
    state: SubmissionState = SubmissionState.NOT_SENT
    due_on: date | None = None  # our own date, before the comment deadline
    done_on: date | None = None  # when `state` was reached
    note: str = ""  # number of the letter, receipt

    @property
    def lacks_date(self) -> bool:
        """Whether something was done and nobody wrote when."""
        return self.done_on is None and self.state not in {SubmissionState.NOT_SENT, SubmissionState.NOT_NEEDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One step of signing. Steps of `wording.toml` stand in every dossier."""

    step_zh: str  # 拟稿, 审核, 签发
    name: str = ""
    signed_on: date | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentFacts:
    """Everything that one dossier says. A signed one has no blanks left (`blanks`), else it is refused."""

    # the notification
    symbols: tuple[str, ...]
    member_zh: str
    area: str = ""  # TBT or SPS: which agreement `Basis.articles` cite
    kind_zh: str = ""  # 常规通报, 补遗, ...
    title: str = ""
    title_lang: str = ""  # ISO 639-1
    title_zh: str = ""  # by an officer
    products_zh: tuple[str, ...] = ()
    products_text: str = ""  # original
    hs: tuple[str, ...] = ()
    ics: tuple[str, ...] = ()
    objectives_zh: tuple[str, ...] = ()
    agency_text: str = ""  # who takes comments, as notified
    distribution_date: date | None = None
    comment_deadline: date | None = None
    comment_deadline_text: str = ""  # as notified, where it is no date
    adoption_text: str = ""  # printed as it is
    entry_text: str = ""
    url: str = ""  # page of the notification
    document_links: tuple[str, ...] = ()
    full_text: FullText | None = None
    full_text_note: str = ""  # when, from whom, which language
    # the city
    products: tuple[AffectedProduct, ...] = ()
    n_firms: int | None = None  # distinct firms over all products; None: nobody has looked
    impact: str = ""  # 影响分析, by an officer
    # the comments
    points: tuple[CommentPoint, ...] = ()
    n_asked: int | None = None  # firms asked for their opinion
    n_answered: int | None = None
    feedback: tuple[FirmFeedback, ...] = ()
    feedback_summary: str = ""
    # the conclusion
    conclusion: str = ""
    submit_comment: Decision = field(default_factory=Decision)
    ask_extension: Decision = field(default_factory=Decision)
    extension_until: date | None = None
    raise_concern: Decision = field(default_factory=Decision)  # 特别贸易关注
    submissions: tuple[Submission, ...] = ()
    signatures: tuple[Signature, ...] = ()
    # the document
    office: str
    contact: str = ""  # of the office, never of a firm
    prepared_on: date  # days left are counted from it
    generated_at: datetime
    firm_names: bool = False  # True: restricted version
    is_signed: bool = False  # False: 征求意见稿
    simulated: bool = False  # firms or notification are fictional: the dossier says so


def blanks(facts: CommentFacts, steps: tuple[str, ...]) -> tuple[str, ...]:
    """What an officer still has to write, as Chinese labels; `steps` are the signing steps that must be filled."""
    return tuple(dict.fromkeys(_blanks(facts, steps)))


def _blanks(facts: CommentFacts, steps: tuple[str, ...]) -> Iterator[str]:
    wanted: list[tuple[str, object]] = [
        ("中文标题", facts.title_zh),
        ("原文获取情况", facts.full_text),
        ("涉及企业家数", facts.n_firms is not None),
        ("影响分析", facts.impact),
        ("征求意见企业家数", facts.n_asked is not None),
        ("反馈企业家数", facts.n_answered is not None or facts.n_asked == 0),
        ("企业反馈综述", facts.feedback_summary or facts.n_asked == 0),
        ("结论", facts.conclusion),
    ]
    for label, decision in (
        ("是否提交评议", facts.submit_comment),
        ("是否请求延期", facts.ask_extension),
        ("是否建议特别贸易关注", facts.raise_concern),
    ):
        wanted += [(label, decision.answer is not None), (f"{label}的理由", decision.reason)]
    if facts.submit_comment.answer is not False:
        wanted.append(("评议意见", facts.points))
    for number, point in enumerate(facts.points, start=1):
        wanted += [
            (f"第{number}条意见的{label}", value)
            for label, value in (
                ("条款", point.clause),
                ("原要求", point.requirement or point.requirement_zh),
                ("意见", point.opinion),
                ("理由与依据", any(basis.text or basis.articles or basis.reference for basis in point.bases)),
                ("建议", point.suggestion),
            )
        ]
    if facts.ask_extension.answer:
        wanted.append(("请求延至的日期", facts.extension_until))
    wanted += [(f"{found.recipient_zh}的办理日期", not found.lacks_date) for found in facts.submissions]
    for signature in signatures_in_order(facts, steps):
        wanted += [(f"{signature.step_zh}人", signature.name), (f"{signature.step_zh}日期", signature.signed_on)]
    for label, value in wanted:
        if not (value.strip() if isinstance(value, str) else value):
            yield label


def signatures_in_order(facts: CommentFacts, steps: tuple[str, ...]) -> tuple[Signature, ...]:
    """Those of `steps` first, an empty one where nobody has signed; then others."""
    names = dict.fromkeys((*steps, *(signature.step_zh for signature in facts.signatures)))
    return tuple(
        found
        for name in names
        for found in [s for s in facts.signatures if s.step_zh == name] or [Signature(step_zh=name)]
    )


def submissions_in_order(facts: CommentFacts, recipients: tuple[str, ...]) -> tuple[Submission, ...]:
    """Those to `recipients` first, 未报送 where there is none; then others. One recipient may have several."""
    names = dict.fromkeys((*recipients, *(submission.recipient_zh for submission in facts.submissions)))
    return tuple(
        found
        for name in names
        for found in [s for s in facts.submissions if s.recipient_zh == name] or [Submission(recipient_zh=name)]
    )


def inconsistencies(facts: CommentFacts) -> tuple[str, ...]:
    """What does not fit together, as Chinese sentences. Such a dossier must not be signed."""
    found: list[str] = []
    for product in facts.products:
        if facts.n_firms is not None and product.n_firms > facts.n_firms:
            found.append(f"“{product.name_zh}”涉及企业（{product.n_firms}家）多于涉及企业总数（{facts.n_firms}家）")
        if len(product.firm_names) > product.n_firms:
            found.append(
                f"“{product.name_zh}”所列企业（{len(product.firm_names)}家）多于其企业家数（{product.n_firms}家）"
            )
    if facts.n_asked is not None and facts.n_answered is not None and facts.n_answered > facts.n_asked:
        found.append(f"反馈企业（{facts.n_answered}家）多于征求意见企业（{facts.n_asked}家）")
    if facts.n_answered is not None and len({entry.firm_name for entry in facts.feedback}) > facts.n_answered:
        found.append(f"所列反馈意见的企业多于反馈企业家数（{facts.n_answered}家）")
    if facts.submit_comment.answer is False and facts.points:
        found.append("结论为不提交评议，但列有逐条意见")
    until, deadline = facts.extension_until, facts.comment_deadline
    if facts.ask_extension.answer and until and deadline and until <= deadline:
        found.append("请求延至的日期不晚于现评议截止日期")
    return tuple(found)


def named_firms(facts: CommentFacts) -> tuple[str, ...]:
    """Every firm's name that the facts carry in a field of its own."""
    names = [name for product in facts.products for name in product.firm_names]
    return tuple(dict.fromkeys(filter(str.strip, (*names, *(entry.firm_name for entry in facts.feedback)))))


def without_firm_names(facts: CommentFacts) -> CommentFacts:
    """The facts with no firm's name in a field of its own; answers of one firm carry one number: 企业1, 企业2, ..."""
    numbers = {name: n for n, name in enumerate(dict.fromkeys(entry.firm_name for entry in facts.feedback), start=1)}
    return replace(
        facts,
        products=tuple(replace(product, firm_names=(), firm_marks={}) for product in facts.products),
        feedback=tuple(
            replace(entry, firm_name=f"企业{numbers[entry.firm_name]}", marks="") for entry in facts.feedback
        ),
    )


def firm_named_in(words: str, names: tuple[str, ...]) -> str:
    """The first of `names` that stands in `words`, "" if none; width of characters, case and blanks do not hide one."""
    folded = _folded(words)
    return next((name for name in names if len(_folded(name)) >= _SHORTEST_NAME and _folded(name) in folded), "")


def _folded(value: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", value)).casefold()
