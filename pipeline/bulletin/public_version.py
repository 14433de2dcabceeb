"""The public version of an issue out of the restricted one: nothing is read or counted again, much is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache

from pipeline.bulletin.items import LEAST_FIRMS_FOR_AMOUNT
from pipeline.bulletin.named_firms import FirmFinder
from pipeline.bulletin.public_words import Unfit, find_unfit, of_source
from reports.bulletin.facts import (
    BulletinFacts,
    BulletinItem,
    DeadlineEntry,
    IssueCount,
    MatrixRow,
    OpenCase,
    Relevance,
    Written,
)
from reports.bulletin.highlights import chosen, is_machine

OTHER_CHAINS = "其他产业链"
_TITLE, _REASON, _ADVICE = "中文题名", "研判理由", "应对建议"
# how an officer puts the text of a place right; {case}, {symbol} and {month} are filled
_COMMANDS = {
    _TITLE: 'tbtwatch titles set {symbol} --text "中文题名" --by 姓名',
    _REASON: 'tbtwatch case judge {case} --conclusion 结论 --reason "理由" --by 姓名',
    _ADVICE: 'tbtwatch case advise {case} --text "应对建议" --by 姓名',
}
_EDIT = "tbtwatch report edit --month {month} 编辑表_{month}.xlsx --by 姓名"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """An officer's text that the public version leaves out: of which measure ("" of the month), where, why."""

    subject: str
    field: str
    unfit: Unfit
    command: str  # that puts it right

    @property
    def message(self) -> str:
        """G/TBT/N/XYZ/1应对建议写有企业名称“…”."""
        return f"{self.subject}{self.field}写有{self.unfit.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicVersion:
    """What the public version says, and which texts it leaves out until somebody puts them right."""

    facts: BulletinFacts
    withheld: tuple[Withheld, ...]


def public_version(whole: BulletinFacts, firms: FirmFinder) -> PublicVersion:
    """The public version of the restricted facts, officers' texts included.

    Left out are: firms and what the list calls their goods; amounts and chains of fewer than three firms; who wrote and
    judged; where the office stands with a case; officers' texts that name a firm or hold a number or an address, as if
    nobody had written them.
    """
    desk = _Desk(whole, firms)
    items = tuple(map(desk.item, whole.items))
    facts = replace(
        whole,
        firm_names=False,
        items=items,
        deadlines=tuple(map(desk.deadline, whole.deadlines)),
        preface=desk.written(whole.preface, "", "导语", _EDIT),
        hints=tuple(
            hint
            for number, written in enumerate(whole.hints, start=1)
            if (hint := desk.written(written, "", f"工作提示第{number}条", _EDIT)) is not None
        ),
        corrections=tuple(text for text in whole.corrections if desk.is_fit(text, "", "更正", _EDIT)),
        relevance=_relevance(whole.relevance, items),
        response=replace(
            whole.response,
            still_open=tuple(_counted_only(case, whole) for case in whole.response.still_open),
        ),
        issues=tuple(IssueCount(issue.message, issue.n_public) for issue in whole.issues if issue.n_public),
    )
    return PublicVersion(facts=facts, withheld=tuple(desk.withheld))


class _Desk:
    """Where the texts of an issue are looked through; it keeps what was left out."""

    def __init__(self, whole: BulletinFacts, firms: FirmFinder) -> None:
        self.withheld: list[Withheld] = []
        self._month = f"{whole.year}-{whole.month:02}"
        self._chosen = {item.case_id for item in chosen(whole.items)}
        self._items = {item.case_id: item for item in whole.items}
        self._small = frozenset(whole.relevance.small_chains)
        self._unfit: Callable[[str], Unfit | None] = cache(lambda text: find_unfit(text, firms))
        self._source: Callable[[str], str] = cache(lambda text: of_source(text, firms))

    def is_fit(self, text: str, subject: str, field: str, command: str, *, case_id: str = "") -> bool:
        """Whether a text may be printed; one that may not is noted, once a place."""
        unfit = self._unfit(text)
        if unfit is None:
            return True
        command = command.format(case=case_id, symbol=subject or case_id, month=self._month)
        found = Withheld(subject=subject, field=field, unfit=unfit, command=command)
        if found not in self.withheld:
            self.withheld.append(found)
        return False

    def written(self, text: Written | None, subject: str, field: str, command: str) -> Written | None:
        """An officer's text without the officer's name; None where it may not be printed."""
        if text is None or not self.is_fit(text.text, subject, field, command):
            return None
        return Written(text.text)

    def item(self, item: BulletinItem) -> BulletinItem:
        subject = _subject(item.symbols, item.case_id)
        is_few = item.n_firms_exposed < LEAST_FIRMS_FOR_AMOUNT
        content = self.written(item.content_zh, subject, "主要内容", _EDIT)
        effect = self.written(item.effect_zh, subject, "对我市影响", _EDIT)
        title = self.title(item.title_zh, subject, item.case_id)
        is_case_advice = item.advice_is_signed or item.advice_is_draft
        command = _COMMANDS[_ADVICE] if is_case_advice else _EDIT
        has_advice = self.is_fit("\n".join(item.advice), subject, _ADVICE, command, case_id=item.case_id)
        return replace(
            item,
            title=self._source(item.title),
            title_zh=title,
            title_mark=item.title_mark if title else "",
            description=self._source(item.description),
            products_text=self._source(item.products_text),
            comment_deadline_text=self._source(item.comment_deadline_text),
            adoption_text=self._source(item.adoption_text),
            entry_text=self._source(item.entry_text),
            evidence=tuple(quote for quote in item.evidence if self._source(quote.text) == quote.text),
            chains=_without_small(item.chains, self._small),
            firm_names=(),
            reasons=self._reasons(item, subject, is_printed=effect is None),
            reasons_public=(),
            content_zh=content,
            effect_zh=effect,
            advice=item.advice if has_advice else (),
            advice_by="",
            advice_is_signed=item.advice_is_signed and has_advice,
            advice_is_draft=item.advice_is_draft and has_advice,
            exposed_cny_10k=None if is_few else item.exposed_cny_10k,
            exposure_withheld=item.exposed_cny_10k is not None and is_few,
            judged_by="",
            is_judged=not is_machine(item),
            clock_text="",
        )

    def _reasons(self, item: BulletinItem, subject: str, *, is_printed: bool) -> tuple[str, ...]:
        """The reasons in the words of the public issue. One that is printed nowhere stands in nobody's way."""
        reasons = tuple(dict.fromkeys(item.reasons_public))
        fit = tuple(reason for reason in reasons if self._unfit(reason) is None)
        if is_printed and item.case_id in self._chosen and fit[:1] != reasons[:1]:
            self.is_fit(reasons[0], subject, _REASON, _COMMANDS[_REASON], case_id=item.case_id)
        return fit

    def title(self, title: str, subject: str, case_id: str) -> str:
        return title if self.is_fit(title, subject, _TITLE, _COMMANDS[_TITLE], case_id=case_id) else ""

    def deadline(self, entry: DeadlineEntry) -> DeadlineEntry:
        subject = _subject(entry.symbols, entry.case_id)
        title = self.title(entry.subject_zh, subject, entry.case_id)
        if not title:
            item = self._items.get(entry.case_id)
            title = "、".join(item.products_zh[:3]) if item else ""
        return replace(entry, subject_zh=title or "（题名待核）", state_zh="")


def _subject(symbols: tuple[str, ...], case_id: str) -> str:
    return symbols[0] if symbols else case_id


def _without_small(chains: Iterable[str], small: frozenset[str]) -> tuple[str, ...]:
    """Chains of few firms under one common name, which stands last."""
    named = tuple(chains)
    kept = tuple(chain for chain in named if chain not in small)
    return kept if len(kept) == len(named) else (*kept, OTHER_CHAINS)


def _relevance(relevance: Relevance, items: tuple[BulletinItem, ...]) -> Relevance:
    """The table with one row for all chains of few firms: a measure of several of them counts once."""
    small = frozenset(relevance.small_chains)
    rows = tuple(row for row in relevance.rows if row.chain not in small)
    if len(rows) < len(relevance.rows):
        found = [item for item in items if OTHER_CHAINS in item.chains]
        counts = tuple(sum(market in item.markets for item in found) for market in relevance.markets)
        rows = (*rows, MatrixRow(OTHER_CHAINS, counts, len(found)))
    return replace(relevance, rows=rows, small_chains=())


def _counted_only(case: OpenCase, whole: BulletinFacts) -> OpenCase:
    """An unanswered measure as the public issue counts it: which it is, and what is due when, is the office's own."""
    return replace(case, case_id="", symbols=(), member_zh="", step_zh="", due_at=whole.generated_at, url="")
