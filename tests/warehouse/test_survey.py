"""The counts of a period, counted again by hand on cases small enough to see through."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from warehouse_sample import exporter, line, load, match, notification, register, store

from warehouse.cases import CaseEvent, append_event, open_cases
from warehouse.connection import Connection
from warehouse.judgements import Judgement, record_judgements
from warehouse.records import Relation
from warehouse.survey import survey, survey_cases
from warehouse.survey_records import Survey, SurveyGroup

DAY = timedelta(days=1)
ONE, TWO, LATER = "G/TBT/N/ATL/1", "G/TBT/N/ATL/2", "G/TBT/N/ATL/3"
LAMP, SOCKET = line("E1", "台灯"), line("E2", "灯座")
KINDS = {ONE: ("labelling", "safety"), TWO: ("labelling",), LATER: ("safety",)}


def do(con: Connection, case_id: str, kind: str, when: datetime, code: str = "", detail: str = "x") -> None:
    append_event(con, case_id, CaseEvent(kind=kind, occurred_at=when, code=code, actor="甲", detail=detail), now=when)


@pytest.fixture
def cases(warehouse: Connection, tmp_path: Path, now: datetime) -> Connection:
    """Two cases on the first day, of E1 and E2 and of E1 alone, and one ten days later of E2; E3 is of none."""
    register(
        warehouse,
        now,
        exporter("E1", "台灯", is_survey_sample=True, is_negotiation_key=True),
        exporter("E2", "灯座", industry_chain="照明"),
        exporter("E3", "蜂蜜", is_survey_sample=True),
    )
    joint = notification(TWO, member_codes=("ATL", "LEM"))
    load(warehouse, tmp_path, now, notification(ONE), joint)
    store(warehouse, now, match(ONE, LAMP), match(ONE, SOCKET), match(TWO, LAMP))
    open_cases(warehouse, policy_version="p", backfill_days=30, now=now)
    load(warehouse, tmp_path, now + 10 * DAY, notification(LATER))
    store(warehouse, now + 10 * DAY, match(LATER, SOCKET))
    open_cases(warehouse, policy_version="p", backfill_days=3, now=now + 10 * DAY)
    return warehouse


def counted(con: Connection, starts_at: datetime, ends_at: datetime) -> Survey:
    found = survey_cases(con, starts_at=starts_at, ends_at=ends_at)
    return survey(con, found, KINDS, starts_at=starts_at, ends_at=ends_at)


def group(found: Survey, dimension: str, name: str) -> SurveyGroup:
    return next(item for item in found.groups if (item.dimension, item.name) == (dimension, name))


def test_cases_belong_to_the_period_in_which_their_clock_started(cases: Connection, now: datetime) -> None:
    assert counted(cases, now, now + DAY).total.n_cases == 2
    assert counted(cases, now + DAY, now + 11 * DAY).total.n_cases == 1
    assert counted(cases, now, now + 11 * DAY).total.n_cases == 3
    assert counted(cases, now - DAY, now).total.n_cases == 0  # the end does not belong to it
    assert counted(cases, now, now + 11 * DAY).total.n_backfill == 1


def test_an_empty_period_is_all_zero(cases: Connection, now: datetime) -> None:
    found = counted(cases, now - 2 * DAY, now - DAY)
    assert (found.groups, found.firms) == ((), ())
    assert (found.total.n_cases, found.total.n_firms, found.total.acts.n_told) == (0, 0, 0)
    assert found.total.acts.loss_cny_10k == found.in_period.loss_cny_10k == 0
    assert found.register.n_listed == 3


def test_firms_are_counted_once_and_their_marks_among_the_listed(cases: Connection, now: datetime) -> None:
    found = counted(cases, now, now + 11 * DAY)
    total = found.total
    assert (total.n_firms, total.n_listed_firms, total.n_sample_firms, total.n_key_firms) == (2, 2, 1, 1)
    assert (found.register.n_listed, found.register.n_sample, found.register.n_key) == (3, 2, 1)
    register(cases, now + 11 * DAY, exporter("E2", "灯座"), exporter("E3", "蜂蜜", is_survey_sample=True))
    later = counted(cases, now, now + 11 * DAY)
    assert (later.total.n_firms, later.total.n_listed_firms, later.total.n_sample_firms) == (2, 1, 0)
    assert [firm.exporter_id for firm in later.firms if not firm.is_listed] == ["E1"]


def test_groups_are_of_kinds_members_and_the_chains_of_firms(cases: Connection, now: datetime) -> None:
    found = counted(cases, now, now + 11 * DAY)
    n_cases = {(item.dimension, item.name): (item.n_cases, item.n_firms) for item in found.groups}
    assert n_cases == {
        ("kind", "labelling"): (2, 2),
        ("kind", "safety"): (2, 2),
        ("member", "ATL"): (3, 2),
        ("member", "LEM"): (1, 1),
        ("chain", "光电子"): (2, 1),
        ("chain", "照明"): (2, 1),
    }


def test_rejected_pairs_affect_nobody_and_confirmed_ones_are_counted_apart(cases: Connection, now: datetime) -> None:
    said = {"reason": "不在范围", "judged_by": "甲"}
    no = Judgement(notification_id=ONE, line_id=SOCKET.line_id, relation=Relation.NONE, **said)
    yes = Judgement(notification_id=ONE, line_id=LAMP.line_id, relation=Relation.DIRECT, **said)
    record_judgements(cases, [no, yes], now=now + DAY)
    total = counted(cases, now, now + DAY).total
    assert (total.n_cases, total.n_affecting, total.n_firms, total.n_confirmed_firms) == (2, 2, 1, 1)
    none = Judgement(notification_id=TWO, line_id=LAMP.line_id, relation=Relation.NONE, **said)
    record_judgements(cases, [none], now=now + DAY)
    assert counted(cases, now, now + DAY).total.n_affecting == 1


def test_what_was_done_is_counted_of_the_cases_and_within_the_period(cases: Connection, now: datetime) -> None:
    for kind, days, code in (
        ("notified", 0.1, ""), ("notified", 0.2, ""), ("consulted", 0.3, "E1"), ("consulted", 5, "E1"),
        ("consulted", 5, "E2"), ("comment-requested", 5, ""), ("comment-received", 6, "E2"),
        ("comment-submitted", 6, "customs"), ("comment-submitted", 6, "centre"), ("comment-answered", 7, ""),
        ("concern-linked", 7, "TBT-1"), ("concern-proposed", 7, ""),
    ):  # fmt: skip
        do(cases, ONE, kind, now + days * DAY, code)
    found = counted(cases, now, now + DAY)
    acts = found.total.acts
    assert (acts.n_told, acts.n_consultations, acts.n_consulted_firms) == (1, 3, 2)
    assert (acts.n_requested, acts.n_received, acts.n_received_firms) == (1, 1, 1)
    assert (acts.n_submitted, acts.n_answered, acts.n_linked, acts.n_proposed) == (1, 1, 1, 1)
    inside = found.in_period
    assert (inside.n_told, inside.n_consultations, inside.n_requested, inside.n_submitted) == (1, 1, 0, 0)
    after = counted(cases, now + DAY, now + 9 * DAY)
    assert after.total.n_cases == after.total.acts.n_consultations == 0
    assert (after.in_period.n_told, after.in_period.n_consultations, after.in_period.n_answered) == (0, 2, 1)
    lighting, lasers = group(found, "chain", "照明").acts, group(found, "chain", "光电子").acts
    assert (lighting.n_consultations, lighting.n_received, lighting.n_told) == (1, 1, 1)
    assert (lasers.n_consultations, lasers.n_received, lasers.n_told) == (2, 0, 1)


def test_the_last_report_of_a_firm_in_a_case_counts_and_only_it(cases: Connection, now: datetime) -> None:
    for case_id, days, code in (
        (ONE, 1, "5:1:E1"), (ONE, 2, "0.5::E1"), (ONE, 3, "2:3:E2"), (TWO, 1, "10:0.0001:E1"), (LATER, 12, ":7:E:2"),
    ):  # fmt: skip
        do(cases, case_id, "impact-reported", now + days * DAY, code)
    found = counted(cases, now, now + DAY)
    acts = found.total.acts
    assert (acts.n_impact_firms, acts.loss_cny_10k, acts.cost_cny_10k) == (2, Decimal("12.5"), Decimal("3.0001"))
    assert group(found, "chain", "照明").acts.loss_cny_10k == 2
    assert group(found, "chain", "光电子").acts.loss_cny_10k == Decimal("10.5")
    assert group(found, "member", "LEM").acts.loss_cny_10k == 10
    assert group(found, "kind", "safety").acts.loss_cny_10k == Decimal("2.5")
    assert [(firm.exporter_id, firm.n_impact_cases, firm.loss_cny_10k) for firm in found.firms] == [
        ("E1", 2, Decimal("10.5")),
        ("E2", 1, Decimal(2)),
    ]
    late = counted(cases, now + 9 * DAY, now + 11 * DAY)
    assert [(firm.exporter_id, firm.cost_cny_10k) for firm in late.firms] == [("E2", 0), ("E:2", 7)]


def test_amounts_of_adjoining_periods_add_up(cases: Connection, now: datetime) -> None:
    for days, code in ((1, "5:1:E1"), (2.5, "0.5::E1"), (3, "2:3:E2")):
        do(cases, ONE, "impact-reported", now + days * DAY, code)
    parts = [counted(cases, now + n * DAY, now + (n + 1) * DAY).in_period.loss_cny_10k for n in range(5)]
    assert parts == [0, 0, Decimal("0.5"), 2, 0]
    assert sum(parts) == counted(cases, now, now + 5 * DAY).in_period.loss_cny_10k
