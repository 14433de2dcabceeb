"""Parts 四 to 七: deadlines, the 72 hours, comments and concerns, what to do."""

from __future__ import annotations

from reports.bulletin.builder import Builder
from reports.bulletin.facts import BulletinFacts, Counted, DeadlineEntry, ResponseClock, ResponseRate
from reports.bulletin.figures import (
    day,
    hours,
    listing,
    minute,
    ordinals,
    percent,
    ranked,
    say,
    short_day,
    shorten,
    symbols,
)
from reports.bulletin.highlights import is_machine
from reports.bulletin.order import HORIZON_DAYS, in_order
from reports.bulletin.titles import title_text
from reports.document import Paragraph, Span, Text, lines, text

_MOST_OPEN = 20
_SUBJECT_CHARACTERS = 30  # of a measure without a symbol
_LEAST_FOR_P90 = 10  # nine in ten of fewer is all of them


def ahead(facts: BulletinFacts) -> tuple[DeadlineEntry, ...]:
    """Deadlines from the issue date on, nearest first."""
    return tuple(sorted((d for d in facts.deadlines if d.days_left >= 0), key=lambda d: (d.on, d.symbols, d.event)))


def within_horizon(facts: BulletinFacts) -> tuple[DeadlineEntry, ...]:
    """Deadlines of the next thirty days."""
    return tuple(entry for entry in ahead(facts) if entry.days_left <= HORIZON_DAYS)


def linked(values: tuple[str, ...], url: str, most: int = 3) -> Text:
    """Symbols as links to the notification, one a line; a long joint list is cut with its length."""
    shown = [text(value, url=url) for value in values[:most]]
    rest = text(f"等{len(values)}个") if len(values) > most else ()
    return lines(*shown, rest)


def add_deadlines(page: Builder, facts: BulletinFacts) -> None:
    """四、时限提醒."""
    page.section("时限提醒")
    soon = within_horizon(facts)
    later = say("deadlines.later") if len(ahead(facts)) > len(soon) else ""
    if not soon:
        page.body(say("deadlines.none", date=day(facts.issue_date)), later)
        return
    windows = (("near", 0, 7), ("middle", 8, 15), ("far", 16, HORIZON_DAYS))
    sizes = [(name, sum(low <= entry.days_left <= high for entry in soon)) for name, low, high in windows]
    parts = "、".join(say(f"deadlines.{name}", n=n) for name, n in sizes if n)
    page.body(
        say("deadlines.intro", date=day(facts.issue_date), n=len(soon), parts=parts, table=page.next_table()), later
    )
    rows = tuple(
        (
            short_day(entry.on),
            str(entry.days_left),
            entry.event,
            linked(entry.symbols, entry.url),
            entry.member_zh,
            shorten(entry.subject_zh, 120),
            str(entry.n_firms) if entry.n_firms else "—",
        )
        for entry in soon
    )
    page.table(
        "30日内到期时限",
        ("日期", "剩余日数", "事项", "通报号", "成员", "措施", "企业家数"),
        rows,
        (0.145, 0.075, 0.125, 0.2, 0.12, 0.26, 0.075),
        "crclllr",
        small=True,
    )


def add_response(page: Builder, facts: BulletinFacts) -> None:
    """五、72小时快速响应情况, with the policy that the hours are counted by."""
    page.section("72小时快速响应情况")
    clock = facts.response
    # rates of different rules are never made one: each rule has its own
    rates = clock.rates or (clock,)
    opening = "response.total" if clock.due else "response.none"
    if clock.due and len(rates) > 1:
        opening = "response.total_by_rule"
    sentence = say(
        opening,
        due=clock.due,
        done=clock.done,
        on_time=clock.on_time,
        rate=percent(clock.on_time, clock.due),
        overdue=clock.overdue,
    )
    pending = say("response.pending", n=clock.not_yet_due) if clock.not_yet_due else ""
    backfilled = say("response.backfilled", n=clock.backfilled) if clock.backfilled else ""
    page.body(f"{sentence}{pending}{backfilled}。", *map(_durations, rates))
    rule = ("规则版本",) if len(rates) > 1 else ()
    page.table(
        "72小时快速响应情况（单位：项）",
        (*rule, "应响应", "已响应", "按时", "超时", "按时响应率", "未到期", "补录"),
        tuple((*((_version(rate),) if rule else ()), *_cells(rate)) for rate in rates),
        (0.2, 0.11, 0.11, 0.11, 0.11, 0.14, 0.11, 0.11) if rule else (0.14, 0.14, 0.14, 0.14, 0.16, 0.14, 0.14),
        "l" * len(rule) + "ccccccc",
    )
    for key, label, counts in (("steps", "超时环节", clock.steps), ("causes", "超时原因", clock.causes)):
        _add_counts(page, key, label, ranked(counts))
    _add_open(page, facts)
    page.add(Paragraph((Span(say("response.policy"), bold=True), *text(clock.policy_text))))


def _cells(rate: ResponseClock | ResponseRate) -> tuple[str, ...]:
    counts = (rate.due, rate.done, rate.on_time, rate.overdue)
    return (*map(str, counts), percent(rate.on_time, rate.due), str(rate.not_yet_due), str(rate.backfilled))


def _version(rate: ResponseClock | ResponseRate) -> str:
    return rate.version if isinstance(rate, ResponseRate) else ""


def _add_counts(page: Builder, key: str, label: str, counts: tuple[Counted, ...]) -> None:
    if not counts:
        return
    page.body(say(f"response.{key}", list=listing(counts, "项"), table=page.next_table()))
    rows = tuple((count.name, str(count.n)) for count in counts)
    page.table(f"{label}（单位：项）", (label, "措施"), rows, (0.7, 0.3), "lr")


def _add_open(page: Builder, facts: BulletinFacts) -> None:
    """What is not answered yet: counts, then in the restricted version the first due, which is the office's to do."""
    waiting = facts.response.still_open
    if not waiting:
        page.body(say("response.open_none", time=minute(facts.generated_at)))
        return
    of_month = sum(case.is_of_month for case in waiting)
    said = say(
        "response.open",
        time=minute(facts.generated_at),
        n=len(waiting),
        overdue=sum(case.is_overdue for case in waiting),
        month=of_month,
        earlier=len(waiting) - of_month,
    )
    if not facts.firm_names:
        page.body(said, "。")
        return
    page.body(
        said,
        say("response.open_listed", table=page.next_table()),
        say("response.open_cut", n=_MOST_OPEN) if len(waiting) > _MOST_OPEN else "",
    )
    rows = tuple(
        (
            str(number),
            linked(case.symbols, case.url),
            case.member_zh,
            case.step_zh,
            minute(case.due_at),
            "已超时" if case.is_overdue else "办理中",
        )
        for number, case in enumerate(waiting[:_MOST_OPEN], start=1)
    )
    page.table(
        "尚未完成响应的措施",
        ("序号", "通报号", "成员", "当前环节", "时限", "状态"),
        rows,
        (0.08, 0.28, 0.18, 0.14, 0.2, 0.12),
        "cllccc",
        small=True,
    )


def _durations(clock: ResponseClock | ResponseRate) -> str:
    if clock.median_hours is None:
        return ""
    by = say("response.by_rule", version=clock.version) if isinstance(clock, ResponseRate) else ""
    if clock.p90_hours is None or clock.done < _LEAST_FOR_P90:
        return by + say("response.median_only", median=hours(clock.median_hours))
    return by + say("response.durations", median=hours(clock.median_hours), p90=hours(clock.p90_hours))


def add_proceedings(page: Builder, facts: BulletinFacts) -> None:
    """六、评议与特别贸易关注进展, only where there is any."""
    if not facts.proceedings and not facts.n_consultations:
        return
    page.section("评议与特别贸易关注进展")
    consulted = ""
    if facts.n_consultations:
        consulted = say("proceedings.consulted", n=facts.n_consultations, measures=facts.n_consulted_measures)
    if not facts.proceedings:
        page.body(consulted)
        return
    names = {step.kind_zh for step in facts.proceedings}
    kinds = ranked(Counted(name, sum(step.kind_zh == name for step in facts.proceedings)) for name in names)
    said = listing(kinds, "件次")
    page.body(
        say("proceedings.intro", n=len(facts.proceedings), list=said, table=page.next_table()),
        consulted,
    )
    rows = tuple(
        (short_day(step.on), step.kind_zh, symbols(step.symbols), step.text)
        for step in sorted(facts.proceedings, key=lambda step: (step.on, step.symbols))
    )
    page.table("工作进展", ("日期", "事项", "通报号", "进展"), rows, (0.16, 0.18, 0.24, 0.42), "ccll", small=True)


def hints(facts: BulletinFacts) -> tuple[str, ...]:
    """What to do, from facts only, most pressing first, at most five; no final stop."""
    found: list[str] = []
    # A hint may only send firms after a date that concerns firms; others stand in the table of part 四.
    soon = [entry for entry in within_horizon(facts) if entry.event == "评议截止"]
    if soon:
        first = [entry for entry in soon if entry.on == soon[0].on]
        key = "hints.deadline" if len(first) == 1 else "hints.deadline_tied"
        found.append(
            say(
                key,
                symbols=symbols(first[0].symbols, 1) or shorten(first[0].subject_zh, _SUBJECT_CHARACTERS),
                member=first[0].member_zh,
                date=day(first[0].on),
                event=first[0].event,
                n=len(first),
            )
        )
    warned = [item for item in in_order(facts.items) if item.level == "预警"]
    if warned:
        named = "、".join(item.symbols[0] if item.symbols else title_text(item, 30) for item in warned[:3])
        suffix = f"等{len(warned)}项措施" if len(warned) > 3 else ""
        found.append(say("hints.warning", symbols=named + suffix))
    machine = sum(is_machine(item) for item in facts.items)
    if machine:
        found.append(say("hints.machine" if facts.firm_names else "hints.machine_public", n=machine))
    if facts.firm_names:  # what the office has to do is no advice to firms
        still_open = facts.response.due - facts.response.done
        if still_open > 0:
            found.append(say("hints.overdue", n=still_open))
        untranslated = sum(not item.title_zh or bool(item.title_mark) for item in facts.items)
        if untranslated:
            found.append(say("hints.translate", n=untranslated))
    return tuple(found[: len(ordinals())])


def add_hints(page: Builder, facts: BulletinFacts) -> None:
    """The last part: 一是…;二是…, then what officers add."""
    page.section("工作提示")
    _add_found_hints(page, hints(facts))
    if facts.hints:
        page.lead(say("hints.own"))
    for number, hint in enumerate(facts.hints, start=1):
        page.slot(f"hint:{number}", hint.text)
        if hint.by and facts.firm_names:
            page.note(say("items.written", by=hint.by))
    page.slot(f"hint:{len(facts.hints) + 1}")


def _add_found_hints(page: Builder, found: tuple[str, ...]) -> None:
    if not found:
        page.body(say("hints.quiet"))
        return
    if len(found) == 1:
        page.body(say("hints.single"), found[0], "。")
        return
    page.body(say("hints.intro"))
    for number, (ordinal, hint) in enumerate(zip(ordinals(), found, strict=False), start=1):
        lead, _, rest = hint.partition("。")
        stop = "。" if number == len(found) else "；"
        page.add(Paragraph((Span(f"{ordinal}{lead}。", bold=True), *text(rest + stop)), role="point"))
