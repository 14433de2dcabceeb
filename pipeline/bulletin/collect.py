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
    relevance,
)
from pipeline.bulletin.named_firms import FirmFinder
from pipeline.bulletin.proceedings import consultations, proceedings
from pipeline.bulletin.public_reasons import public_reasons
from pipeline.bulletin.public_version import public_version
from pipeline.bulletin.response import open_measures, read_response
from pipeline.bulletin.wording import COUNTING_RULE, counting_rules, is_public_issue, issue_message
from pipeline.chinese_titles import chinese_titles
from pipeline.clock import to_shanghai
from pipeline.context import Context
from pipeline.steps.open_cases import TimedCase, Timing, load_timing
from reports.bulletin.facts import BulletinFacts, IssueCount, Issuer, SourceState
from reports.bulletin.highlights import chosen
from warehouse.bulletin_facts import (
    Period,
    counted_symbols,
    firms_by_chain,
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
from warehouse.facts import listed_firms, read_notifications
from warehouse.query import Row
from warehouse.records import Severity
from warehouse.translations import best_titles

_NOTES = {"counted": "", "other": "不计入通报件数", "empty": "尚无通报记录"}


def bulletin_facts(con: Connection, context: Context, period: Period, *, firm_names: bool) -> BulletinFacts:
    """Return the facts of the issue of a period; with `firm_names` those of the restricted version."""
    whole = _restricted(con, context, period)
    return whole if firm_names else public_version(whole, FirmFinder(listed_firms(con))).facts


def _restricted(con: Connection, context: Context, period: Period) -> BulletinFacts:
    now, settings = context.now, context.settings
    issue_date = to_shanghai(now).date()
    timing = load_timing(context.home)
    lines = relevant_lines(con, period)
    cases = _cases(con, context, period, timing, lines)
    timed = tuple(cases.values())
    wanted = {item.case.notification_id for item in timed}.union(*(row["month_documents"] for row in lines))
    notifications = {n.notification_id: n for n in read_notifications(con, sorted(wanted))}
    rows = counted_symbols(con, period.first_day, period.last_day)
    history = read_history(con, period)
    shown = {cases[row["case_id"]].case.notification_id for row in lines}
    ahead = {item.case.notification_id for item, _, _ in dates_ahead(timed, issue_date=issue_date)}
    nameless = {key for key in ahead if not headings_zh(notifications[key])}
    # a title is put together only where there is nothing else to call the measure by
    titles = best_titles(con, sorted(ahead)) | chinese_titles(
        con, [notifications[key] for key in sorted(shown | nameless)]
    )
    items = bulletin_items(
        lines, cases, notifications, titles, issue_date=issue_date, reasons=public_reasons(con, lines)
    )
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
        issuer=Issuer(
            name=settings.office.issuer,
            contact=settings.office.phone,
            report_to=settings.report.report_to,
            copy_to=settings.report.copy_to,
            send_to=settings.report.send_to,
        ),
        serial=None,
        issue_date=issue_date,
        generated_at=now,
        firm_names=True,
        counting_rule=COUNTING_RULE.format(n_undated=n_undated(con)),
        rules=counting_rules(policy=response.policy_text, least_firms=LEAST_FIRMS_FOR_AMOUNT),
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
        silence=history.silence,
        relevance=replace(
            relevance(lines, cases, n_firms_on_list=n_firms_listed(con)), small_chains=_small_chains(con, lines)
        ),
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
            note=_NOTES[row["standing"]],
        )
        for row in source_states(con, period)
    )


def _small_chains(con: Connection, lines: list[Row]) -> tuple[str, ...]:
    """The chains of the lines that too few listed firms belong to: their name would tell who is meant."""
    n_firms = firms_by_chain(con)
    named = {row["industry_chain"] for row in lines if row["industry_chain"]}
    return tuple(sorted(chain for chain in named if n_firms.get(chain, 0) < LEAST_FIRMS_FOR_AMOUNT))


def _data_issues(con: Connection, period: Period) -> tuple[IssueCount, ...]:
    """Open questions of the data: all that were found so far, and of each how many the public issue tells."""
    found = [
        IssueCount(
            issue_message(row["code"], row["example"]),
            row["n"],
            n_public=row["n_of_period"] if is_public_issue(row["code"]) else 0,
        )
        for row in issue_counts(con, period)
    ]
    found_by_checks = run_checks(con, least=Severity.WARNING)
    return (*found, *(IssueCount(finding.description, finding.n_rows) for finding in found_by_checks))
