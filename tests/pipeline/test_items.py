"""The relevant measures of a bulletin, out of the prepared home."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.bulletin.items import LEVELS_ZH, _reason, bulletin_items, deadlines, relevance
from pipeline.home import Home
from pipeline.steps.draft_report import read_month
from pipeline.steps.open_cases import load_timing, read_timed_cases
from warehouse.bulletin_facts import relevant_lines
from warehouse.connection import open_reader
from warehouse.facts import read_notifications
from warehouse.translations import BestTitle, TitleKind

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
ISSUED = date(2026, 7, 1)


@pytest.fixture(scope="module")
def month(prepared: Path) -> tuple[Any, Any, Any]:
    with open_reader(prepared / "warehouse.duckdb") as con:
        cases = {item.case.case_id: item for item in read_timed_cases(con, NOW, load_timing(Home(prepared)))}
        notifications = {n.notification_id: n for n in read_notifications(con)}
        return relevant_lines(con, read_month("2026-06", NOW)), cases, notifications


def test_one_item_a_case_loudest_first(month: tuple[Any, Any, Any]) -> None:
    lines, cases, notifications = month
    items = bulletin_items(lines, cases, notifications, {}, issue_date=ISSUED, reasons={})
    assert sorted(item.case_id for item in items) == sorted({line["case_id"] for line in lines})
    levels = [list(LEVELS_ZH.values()).index(item.level) for item in items]
    assert levels == sorted(levels)
    assert all(item.n_firms > 0 and item.reasons and item.member_zh for item in items)


def test_an_item_has_its_firms_and_of_each_reason_the_words_for_the_public(month: tuple[Any, Any, Any]) -> None:
    lines, cases, notifications = month
    said = {(line["notification_id"], line["line_id"]): f"公开{line['line_id']}" for line in lines}
    items = bulletin_items(lines, cases, notifications, {}, issue_date=ISSUED, reasons=said)
    assert all(len(item.firm_names) == item.n_firms for item in items)
    assert all(len(item.reasons_public) == len(item.reasons) for item in items)
    assert {reason for item in items for reason in item.reasons_public} <= set(said.values())
    assert not any("本企业" in reason for item in items for reason in item.reasons)


def test_what_is_counted_is_what_is_listed(month: tuple[Any, Any, Any]) -> None:
    lines, cases, _ = month
    found = relevance(lines, cases, n_firms_on_list=48)
    assert found.n_measures == len({line["case_id"] for line in lines})
    assert found.n_firms == len({line["exporter_id"] for line in lines})
    assert all(len(row.counts) == len(found.markets) for row in found.rows)
    assert all(0 < row.total <= found.n_measures for row in found.rows)
    assert max(found.market_totals) <= found.n_measures <= sum(found.market_totals)


def test_a_reason_speaks_of_the_listed_product_once() -> None:
    assert _reason("影响本企业出口，本企业产品主要销往德国") == "影响清单产品出口，清单产品主要销往德国"
    assert _reason("本企业“光缆”即属该类产品") == "清单产品“光缆”即属该类产品"


def test_no_lines_give_no_items_and_no_markets(month: tuple[Any, Any, Any]) -> None:
    assert bulletin_items([], {}, {}, {}, issue_date=ISSUED, reasons={}) == ()
    assert relevance([], {}, n_firms_on_list=0).n_measures == 0


def test_deadlines_ahead_are_listed_nearest_first_and_passed_ones_not(month: tuple[Any, Any, Any]) -> None:
    _, cases, notifications = month
    listed = deadlines(cases.values(), notifications, {}, issue_date=ISSUED)
    assert listed
    assert [entry.on for entry in listed] == sorted(entry.on for entry in listed)
    assert all(entry.days_left == (entry.on - ISSUED).days >= 0 for entry in listed)
    on_the_day = deadlines(cases.values(), notifications, {}, issue_date=listed[0].on)
    assert on_the_day[0].days_left == 0
    assert deadlines(cases.values(), notifications, {}, issue_date=date(2099, 1, 1)) == ()


def test_a_deadline_is_called_by_its_translation_else_by_its_goods(month: tuple[Any, Any, Any]) -> None:
    _, cases, notifications = month
    every = [item.case.notification_id for item in cases.values()]

    def called(kind: TitleKind) -> set[str]:
        titles = dict.fromkeys(every, BestTitle(text="关于光缆的技术法规", kind=kind))
        return {entry.subject_zh for entry in deadlines(cases.values(), notifications, titles, issue_date=ISSUED)}

    assert called(TitleKind.OFFICER) == {"关于光缆的技术法规"}
    assert called(TitleKind.MACHINE) == {"关于光缆的技术法规（机器翻译）"}
    goods = called(TitleKind.PENDING)
    assert goods
    assert goods - {"关于光缆的技术法规（待译）"}
