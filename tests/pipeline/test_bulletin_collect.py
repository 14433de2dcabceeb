"""What an issue is made of, out of the prepared home: history, fields, details, and no more than is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.bulletin import collect
from pipeline.bulletin.collect import bulletin_facts
from pipeline.bulletin.history import read_history, shifted
from pipeline.bulletin.named_firms import FirmFinder
from pipeline.bulletin.public_version import public_version
from pipeline.config import read_settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.steps.draft_report import read_month
from reports.bulletin.compose import compose_bulletin
from reports.bulletin.facts import BulletinFacts, inconsistencies
from reports.bulletin.highlights import chosen
from warehouse.bulletin_facts import counted_symbols, month_counts
from warehouse.cases import CaseEvent, append_event, read_cases
from warehouse.connection import Connection, open_reader, open_writer
from warehouse.facts import listed_firms, read_notifications

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
JUNE = read_month("2026-06", NOW)


def context_of(home: Path) -> Context:
    return Context(home=Home(home), now=NOW, settings=read_settings(Home(home)))


@pytest.fixture(scope="module")
def facts(prepared: Path) -> BulletinFacts:
    with open_reader(prepared / "warehouse.duckdb") as con:
        return bulletin_facts(con, context_of(prepared), JUNE, firm_names=False)


def test_the_facts_add_up(facts: BulletinFacts) -> None:
    assert inconsistencies(facts) == ()
    compose_bulletin(facts)


def test_a_month_is_counted_as_its_symbols_are(prepared: Path) -> None:
    with open_reader(prepared / "warehouse.duckdb") as con:
        rows = month_counts(con, date(1995, 1, 1), date(2099, 12, 31))
        assert rows
        for row in rows:
            first = date(row["year"], row["month"], 1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            listed = counted_symbols(con, first, last)
            assert len(listed) == row["n_symbols"]
            assert sum(one["area"] == "TBT" for one in listed) == row["tbt"]
            assert sum(one["area"] == "SPS" for one in listed) == row["sps"]


def test_only_part_three_has_details(facts: BulletinFacts) -> None:
    detailed = {item.case_id for item in facts.items if item.advice}
    assert detailed == {item.case_id for item in chosen(facts.items)}
    assert all(item.advice_is_draft and not item.advice_by for item in facts.items if item.advice)


def test_a_quotation_stands_in_its_notification(facts: BulletinFacts, prepared: Path) -> None:
    with open_reader(prepared / "warehouse.duckdb") as con:
        by_symbol = {n.symbols[0]: n for n in read_notifications(con) if n.symbols}
    quotes = [quote for item in facts.items for quote in item.evidence]
    assert quotes
    for quote in quotes:
        notified = by_symbol[quote.symbol]
        whole = " ".join(" ".join((notified.title, notified.description, notified.products_text)).split()).casefold()
        name, _, code = quote.text.partition(" ")
        codes = {"HS": notified.hs_codes, "ICS": notified.ics_codes}.get(name)
        assert code in codes if codes else quote.text.rstrip("…").casefold() in whole


def test_no_sum_of_fewer_than_three_firms_is_public(facts: BulletinFacts, prepared: Path) -> None:
    assert any(item.exposure_withheld for item in facts.items)
    for item in facts.items:
        assert item.exposed_cny_10k is None or item.n_firms_exposed >= 3
    with open_reader(prepared / "warehouse.duckdb") as con:
        restricted = bulletin_facts(con, context_of(prepared), JUNE, firm_names=True)
        firms = FirmFinder(listed_firms(con))
    assert not any(item.exposure_withheld for item in restricted.items)
    assert public_version(restricted, firms).facts == facts


def test_the_public_issue_names_no_product_of_the_list(facts: BulletinFacts, prepared: Path) -> None:
    with open_reader(prepared / "warehouse.duckdb") as con:
        restricted = bulletin_facts(con, context_of(prepared), JUNE, firm_names=True)
        names = {str(row[0]) for row in con.execute("SELECT product_name FROM product_lines").fetchall()}
    assert any(f"“{name}”" in reason for item in restricted.items for reason in item.reasons for name in names)
    said = [*(reason for item in facts.items for reason in item.reasons)]
    said += [words for item in facts.items if item.advice_is_draft for words in item.advice]
    assert said
    assert [words for words in said if any(f"“{name}”" in words for name in names)] == []


def test_dates_of_adoption_and_entry_stand_among_the_dates_ahead(home: Path, facts: BulletinFacts) -> None:
    case_id = next(entry.case_id for entry in facts.deadlines)
    with open_writer(home / "warehouse.duckdb") as con:
        change = (
            "UPDATE notifications SET adoption_date = $on, entry_into_force_date = $later WHERE notification_id = $id"
        )
        con.execute(change, {"on": date(2026, 7, 20), "later": date(2027, 1, 1), "id": case_id})
        changed = bulletin_facts(con, context_of(home), JUNE, firm_names=False)
    dates = {(entry.event, entry.on, entry.days_left) for entry in changed.deadlines if entry.case_id == case_id}
    assert {("拟批准", date(2026, 7, 20), 19), ("拟生效", date(2027, 1, 1), 184)} < dates
    assert [entry.on for entry in changed.deadlines] == sorted(entry.on for entry in changed.deadlines)


def test_a_field_has_measures_of_the_month_and_no_more_firms_than_they_concern(facts: BulletinFacts) -> None:
    items = {item.case_id: item for item in facts.items}
    assert {part.name for part in facts.focus} >= {"美国", "欧洲", "日本", "中东", "涉碳产品"}
    for part in facts.focus:
        assert set(part.case_ids) <= set(items)
        assert part.n_firms <= sum(items[case_id].n_firms for case_id in part.case_ids)
        assert (part.n_firms > 0) == bool(part.case_ids)


def test_a_month_without_records_is_no_zero_to_compare_with(prepared: Path) -> None:
    with open_reader(prepared / "warehouse.duckdb") as con:
        found = read_history(con, JUNE)
        assert (found.previous_month, found.same_month_last_year, found.year_to_date) == (None, None, None)
        assert [(count.year, count.month) for count in found.trend] == [(2026, 6)]
        assert read_history(con, read_month("2020-01", NOW)).trend[-1].n_symbols == 0


def test_history_on_record_is_compared_with(home: Path) -> None:
    with open_writer(home / "warehouse.duckdb") as con:
        con.execute("UPDATE sources SET last_collected_at = TIMESTAMPTZ '2026-07-01 00:00:00+00'")
        for months in (*range(1, 13), 12):
            con.execute(
                """INSERT INTO notifications BY NAME SELECT n.* REPLACE (
                    'H' || $months || '-' || n.notification_id AS notification_id,
                    [replace(s, '/N/', '/N/') || '0' || $months FOR s IN n.symbols] AS symbols,
                    n.distribution_date - to_months($months) AS distribution_date
                ) FROM notifications AS n
                WHERE n.distribution_date BETWEEN DATE '2026-06-01' AND DATE '2026-06-28'
                ON CONFLICT DO NOTHING""",
                {"months": months},
            )
        con.execute(
            """UPDATE notifications SET distribution_date = DATE '2025-06-01'
            WHERE notification_id = (SELECT min(notification_id) FROM notifications
            WHERE notification_id LIKE 'H12-%')"""
        )
        found = read_history(con, JUNE)
        assert len(found.trend) == 12
        assert found.previous is not None
        assert found.last_year is not None
        assert found.previous_month == sum(count.n for count in found.previous.members) == found.trend[-2].n_symbols
        assert found.year_to_date == sum(count.n_symbols for count in found.trend if count.year == 2026)
        assert found.year_to_date_last_year is None  # nothing before June 2025
        facts = bulletin_facts(con, context_of(home), JUNE, firm_names=False)
    assert inconsistencies(facts) == ()
    compose_bulletin(facts)


def _earlier_months(con: Connection, *months: int) -> None:
    """Copy what June has into months before it."""
    for number in months:
        con.execute(
            """INSERT INTO notifications BY NAME SELECT n.* REPLACE (
                'H' || $months || '-' || n.notification_id AS notification_id,
                [s || 'H' || $months FOR s IN n.symbols] AS symbols,
                n.distribution_date - to_months($months) AS distribution_date
            ) FROM notifications AS n
            WHERE n.distribution_date BETWEEN DATE '2026-06-01' AND DATE '2026-06-28'""",
            {"months": number},
        )


def test_a_stray_record_makes_no_month_of_a_few_notifications_a_base(home: Path) -> None:
    with open_writer(home / "warehouse.duckdb") as con:
        con.execute("UPDATE sources SET last_collected_at = TIMESTAMPTZ '2026-07-01 00:00:00+00'")
        stray = "UPDATE notifications SET distribution_date = $day WHERE list_contains(symbols, $symbol)"
        con.execute(stray, {"day": date(2024, 3, 4), "symbol": "G/TBT/N/CAN/9001"})
        con.execute(stray, {"day": date(2026, 5, 29), "symbol": "G/TBT/N/AUS/9001"})
        found = read_history(con, JUNE)
        assert (found.previous_month, found.year_to_date, found.silence, found.collected_until) == (None,) * 4
        assert [(count.year, count.month) for count in found.trend] == [(2026, 6)]
        _earlier_months(con, 1, 12)
        whole = read_history(con, JUNE)
        assert whole.previous_month is not None
        assert whole.same_month_last_year is not None


def test_part_of_a_month_is_compared_with_nothing(home: Path) -> None:
    with open_writer(home / "warehouse.duckdb") as con:
        _earlier_months(con, 1, 12)
        early = read_history(con, JUNE)  # the sample is collected on 29 June
        assert (early.previous_month, early.last_year, early.collected_until) == (None, None, date(2026, 6, 29))
        # what is not counted tells nothing of how far the record reaches
        con.execute("INSERT INTO sources SELECT 'recalls', '召回', 1, $now, $now", {"now": NOW})
        facts = bulletin_facts(con, context_of(home), JUNE, firm_names=False)
        said = str(compose_bulletin(facts).blocks)
        assert "数据采集至2026年6月29日" in said
        assert "监测数据未覆盖全月，不作环比和同比比较" in said
        assert "上年同月（件）" not in said
        con.execute("UPDATE sources SET last_collected_at = $now", {"now": NOW})
        assert read_history(con, JUNE).previous_month is not None
        con.execute("DELETE FROM notifications WHERE distribution_date BETWEEN '2026-06-05' AND '2026-06-20'")
        gap = bulletin_facts(con, context_of(home), JUNE, firm_names=False)
    assert gap.silence == (date(2026, 6, 5), date(2026, 6, 20))
    assert gap.previous is None
    assert "2026年6月5日至2026年6月20日没有通报记录" in str(compose_bulletin(gap).blocks)


@pytest.mark.parametrize(
    ("month", "by", "found"),
    [((2026, 1), -1, (2025, 12)), ((2026, 6), -12, (2025, 6)), ((2025, 12), 1, (2026, 1)), ((2026, 3), 0, (2026, 3))],
)
def test_months_are_counted_over_the_turn_of_the_year(month: tuple[int, int], by: int, found: tuple[int, int]) -> None:
    assert shifted(month, by) == found


def _act(con: Connection, case_id: str, kind: str, code: str, at: datetime, detail: str = "") -> None:
    event = CaseEvent(kind=kind, occurred_at=at, code=code, actor="甲", detail=detail)
    append_event(con, case_id, event, now=at)


def test_comments_and_concerns_of_the_month_are_told_without_firms(home: Path, rated: tuple[str, ...]) -> None:
    inside, outside = JUNE.end_instant - timedelta(hours=1), JUNE.end_instant
    with open_writer(home / "warehouse.duckdb") as con:
        _act(con, rated[0], "comment-submitted", "customs", inside, "某某公司的意见")
        _act(con, rated[0], "concern-linked", "456", inside)
        _act(con, rated[1], "concern-proposed", "", inside, "某某公司请求")
        _act(con, rated[1], "comment-answered", "", outside)
        _act(con, rated[0], "consulted", "E002", inside)
        _act(con, rated[0], "consulted", "E003", inside - timedelta(hours=1))
        facts = bulletin_facts(con, context_of(home), JUNE, firm_names=False)
    assert {(step.kind_zh, step.text) for step in facts.proceedings} == {
        ("评议意见报送", "评议意见已报送武汉海关。"),
        ("关联特别贸易关注", "与世贸组织特别贸易关注第456号关联，跟踪进展。"),
        ("建议特别贸易关注", "已建议提出特别贸易关注。"),
    }
    assert (facts.n_consultations, facts.n_consulted_measures) == (2, 1)
    assert "某某公司" not in str(facts)


def test_the_officers_conclusion_stands_above_the_machines_level(home: Path, facts: BulletinFacts) -> None:
    warned = next(item for item in facts.items if item.level == "预警")
    with open_writer(home / "warehouse.duckdb") as con:
        _act(con, warned.case_id, "concluded", "watch", NOW - timedelta(hours=1))
        _act(con, warned.case_id, "advised", "", NOW - timedelta(minutes=1), "请核对型号。\n请备齐报告。")
        found = bulletin_facts(con, context_of(home), JUNE, firm_names=False)
    item = next(item for item in found.items if item.case_id == warned.case_id)
    assert item.level == "关注"
    in_part_three = {one.case_id for one in chosen(found.items)}
    if item.case_id in in_part_three:
        assert (item.advice, item.advice_by, item.advice_is_draft) == (("请核对型号。", "请备齐报告。"), "甲", False)


def test_settled_cases_of_other_months_are_not_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_writer(home / "warehouse.duckdb") as con:
        con.execute(
            """INSERT INTO notifications BY NAME SELECT n.* REPLACE (
                'OLD' || i AS notification_id, ['G/TBT/N/USA/' || (500000 + i)] AS symbols,
                DATE '2024-01-05' AS distribution_date, DATE '2024-03-05' AS comment_deadline,
                TIMESTAMPTZ '2024-01-06 00:00:00Z' AS first_seen_at
            ) FROM range(300) AS numbers(i), (FROM notifications LIMIT 1) AS n"""
        )
        con.execute(
            """INSERT INTO cases SELECT 'OLD' || i, TIMESTAMPTZ '2024-01-06 00:00:00Z', false, 'natural-72h-1',
            TIMESTAMPTZ '2024-01-06 00:00:00Z' FROM range(300) AS numbers(i)"""
        )
        con.execute("INSERT INTO case_notifications SELECT 'OLD' || i, 'OLD' || i FROM range(300) AS numbers(i)")
        con.execute(
            """INSERT INTO case_events SELECT sha256('OLD' || i || kind), 'OLD' || i, kind, '',
            TIMESTAMPTZ '2024-01-07 00:00:00Z', TIMESTAMPTZ '2024-01-07 00:00:00Z', 'officer', ''
            FROM range(300) AS numbers(i), unnest(['judged', 'notified', 'advised']) AS kinds(kind)"""
        )
        read: list[str] = []

        def watched(con: Connection, *, only: list[str]) -> tuple[object, ...]:
            read.extend(only)
            return read_cases(con, only=only)

        monkeypatch.setattr(collect, "read_cases", watched)
        bulletin_facts(con, replace(context_of(home)), JUNE, firm_names=False)
    assert read
    assert not any(case_id.startswith("OLD") for case_id in read)
