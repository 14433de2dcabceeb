"""Puts together everything that an issue says, from what the month and the open cases need and nothing else."""

from __future__ import annotations

from dataclasses import replace

from pipeline.bulletin.counting import count_breakdown, count_totals
from pipeline.bulletin.details import with_details
from pipeline.bulletin.focus import focus_parts
from pipeline.bulletin.history import read_history
from pipeline.bulletin.items import (
    LEAST_FIRMS_FOR_AMOUNT,
    bulletin_items,
    dates_ahead,
    deadlines,
    headings_zh,
    public_reasons,
    relevance,
)
from pipeline.bulletin.proceedings import consultations, proceedings
from pipeline.bulletin.response import open_measures, policy_text, read_response
from pipeline.bulletin.wording import COUNTING_RULE, counting_rules, issue_message
from pipeline.chinese_titles import chinese_titles
from pipeline.clock import to_shanghai
from pipeline.context import Context
from pipeline.steps.open_cases import TimedCase, Timing, load_timing
from reports.bulletin.facts import BulletinFacts, IssueCount, Issuer, SourceState
from reports.bulletin.highlights import chosen
from warehouse.bulletin_facts import (
    Period,
    counted_symbols,
    issue_counts,
    month_texts,
    n_firms_listed,
    n_undated,
    relevant_lines,
    source_states,
    wanted_cases,
)
from warehouse.cases import read_cases
from warehouse.check import run_checks
from warehouse.connection import Connection
from warehouse.facts import read_notifications
from warehouse.query import Row
from warehouse.records import Severity
from warehouse.translations import best_titles


def bulletin_facts(con: Connection, context: Context, period: Period, *, firm_names: bool) -> BulletinFacts:
    """Return the facts of the issue of a period; with `firm_names` those of the restricted version."""
    now, settings = context.now, context.settings
    issue_date = to_shanghai(now).date()
    timing = load_timing(context.home)
    lines = relevant_lines(con, period)
    cases = _cases(con, context, period, timing, lines)
    timed = tuple(cases.values())
    notifications = {
        n.notification_id: n for n in read_notifications(con, sorted({item.case.notification_id for item in timed}))
    }
    rows = counted_symbols(con, period.first_day, period.last_day)
    history = read_history(con, period)
    shown = {cases[row["case_id"]].case.notification_id for row in lines}
    ahead = {item.case.notification_id for item, _, _ in dates_ahead(timed, notifications, issue_date=issue_date)}
    nameless = {key for key in ahead if not headings_zh(notifications[key])}
    # a title is put together only where there is nothing else to call the measure by
    titles = best_titles(con, sorted(ahead)) | chinese_titles(
        con, [notifications[key] for key in sorted(shown | nameless)]
    )
    items = bulletin_items(lines, cases, notifications, titles, issue_date=issue_date, firm_names=firm_names)
    items = with_details(con, context, timing, items, chosen(items), cases)
    in_month = [
        item
        for current in timed
        for item in timing.rounds(current.case, now)
        if period.first_instant <= item.clock.started_at < period.end_instant
    ]
    n_consultations, n_consulted = consultations(timed, period)
    response = read_response(
        in_month, timing.in_force, now, still_open=open_measures(timed, notifications, period, now)
    )
    return BulletinFacts(
        year=period.first_day.year,
        month=period.first_day.month,
        issuer=Issuer(name=settings.office.issuer, contact=settings.office.phone),
        serial=None,
        issue_date=issue_date,
        generated_at=now,
        firm_names=firm_names,
        counting_rule=COUNTING_RULE.format(n_undated=n_undated(con)),
        rules=counting_rules(policy=policy_text(timing.in_force), least_firms=LEAST_FIRMS_FOR_AMOUNT),
        totals=count_totals(
            rows,
            previous_month=history.previous_month,
            same_month_last_year=history.same_month_last_year,
            year_to_date=history.year_to_date,
            year_to_date_last_year=history.year_to_date_last_year,
        ),
        breakdown=count_breakdown(rows),
        previous=history.previous,
        last_year=history.last_year,
        trend=history.trend,
        relevance=relevance(lines, cases, n_firms_on_list=n_firms_listed(con)),
        focus=focus_parts(items, lines, cases, notifications, month_texts(con, period)),
        response=response,
        items=items,
        deadlines=deadlines(timed, notifications, titles, issue_date=issue_date),
        proceedings=proceedings(timed, notifications, period),
        n_consultations=n_consultations,
        n_consulted_measures=n_consulted,
        issues=_data_issues(con, period),
        sources=_sources(con, period),
        simulated=settings.report.simulated,
    )


def public_version(facts: BulletinFacts) -> BulletinFacts:
    """Return the facts of the public version out of those of the restricted one: nothing is read or counted again.

    What a firm calls its product on the list is the firm's: reasons speak of 清单内产品 there.
    """
    items = tuple(
        replace(
            item,
            firm_names=(),
            reasons=public_reasons(item.reasons),
            exposed_cny_10k=None if item.n_firms_exposed < LEAST_FIRMS_FOR_AMOUNT else item.exposed_cny_10k,
            exposure_withheld=item.exposed_cny_10k is not None and item.n_firms_exposed < LEAST_FIRMS_FOR_AMOUNT,
        )
        for item in facts.items
    )
    return replace(facts, items=items, firm_names=False)


def _cases(con: Connection, context: Context, period: Period, timing: Timing, lines: list[Row]) -> dict[str, TimedCase]:
    """Read what the month and the open cases need: however many were settled before, they are not read."""
    required = sorted({m.event for policy in timing.policies for m in policy.milestones})
    wanted = wanted_cases(con, period, issue_date=to_shanghai(context.now).date(), required=required)
    case_ids = sorted({*wanted, *(row["case_id"] for row in lines)})
    return {case.case_id: timing.timed(case, context.now) for case in read_cases(con, only=case_ids)}


def _sources(con: Connection, period: Period) -> tuple[SourceState, ...]:
    return tuple(
        SourceState(
            name=row["title"],
            n_notifications=row["n_notifications"],
            first_collected_at=row["first_collected_at"],
            last_collected_at=row["last_collected_at"],
            note="" if row["is_counted"] else "不计入通报件数",
        )
        for row in source_states(con, period)
    )


def _data_issues(con: Connection, period: Period) -> tuple[IssueCount, ...]:
    found = [
        IssueCount(issue_message(row["code"], row["example"]), row["n"])
        for row in issue_counts(con, period.end_instant)
    ]
    found_by_checks = run_checks(con, least=Severity.WARNING)
    return (*found, *(IssueCount(finding.description, finding.n_rows) for finding in found_by_checks))
