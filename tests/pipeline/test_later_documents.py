"""What addenda and corrigenda change in the issues of a measure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from case_office import LAMP, ONE, at, bring
from issue_office import MONTH, released
from warehouse_sample import match, notification

from pipeline.bulletin.collect import bulletin_facts
from pipeline.steps.draft_report import read_month
from pipeline.steps.issue_corrections import open_corrections
from reports.bulletin.compose import compose_bulletin
from reports.bulletin.facts import BulletinFacts
from reports.document import KeyFacts, Table, plain
from warehouse.connection import open_reader
from warehouse.records import Notification, NotificationKind

NEWS = datetime(2026, 4, 10, 2, tzinfo=UTC)
DRAFTED = datetime(2026, 5, 2, 2, tzinfo=UTC)


def addendum(number: int = 1, day: date = date(2026, 4, 9), **fields: Any) -> Notification:
    return notification(f"{ONE}/Add.{number}", kind=NotificationKind.ADDENDUM, distribution_date=day, **fields)


def corrigendum(**fields: Any) -> Notification:
    return notification(
        f"{ONE}/Corr.1", kind=NotificationKind.CORRIGENDUM, distribution_date=date(2026, 4, 9), **fields
    )


def facts_of(home: Path, month: str, now: datetime = DRAFTED) -> BulletinFacts:
    with open_reader(home / "warehouse.duckdb") as con:
        return bulletin_facts(con, at(home, now), read_month(month, now), firm_names=False)


def corrections(home: Path) -> list[str]:
    with open_reader(home / "warehouse.duckdb") as con:
        return [each.sentence for each in open_corrections(con, DRAFTED)]


def test_the_addendum_of_the_month_is_told_with_the_measure_that_it_amends(office: Path) -> None:
    news = addendum(comment_deadline=None)
    bring(office, NEWS, news, matched=(match(news.notification_id, LAMP),))
    (item,) = facts_of(office, "2026-04").items
    assert [(each.symbol, each.kind_zh, each.on) for each in item.documents] == [
        (f"{ONE}/Add.1", "补遗", date(2026, 4, 9))
    ]
    told = f"补遗 {ONE}/Add.1（2026-04-09）"
    document = compose_bulletin(facts_of(office, "2026-04"))
    (rows,) = [dict(block.rows) for block in document.blocks if isinstance(block, KeyFacts)]
    assert plain(rows["本月后续文件"]) == told
    (listed,) = [block for block in document.blocks if isinstance(block, Table) and "通报明细" in block.caption]
    assert told in plain(listed.rows[0][1])
    march = next(each for each in facts_of(office, MONTH).items if each.case_id == ONE)
    assert march.documents == ()


def test_dates_that_an_addendum_moved_stand_in_tables_and_annexes(office: Path) -> None:
    bring(office, NEWS, notification(ONE, entry_into_force_date=date(2026, 8, 15)))
    news = addendum(entry_into_force_date=date(2027, 12, 31))
    bring(office, NEWS, news, matched=(match(news.notification_id, LAMP),))
    facts = facts_of(office, "2026-04")
    (item,) = facts.items
    assert item.entry_text == "2027年12月31日"
    assert [entry.on for entry in facts.deadlines if entry.case_id == ONE and entry.event == "拟生效"] == [
        date(2027, 12, 31)
    ]


def test_a_corrigendum_without_a_comment_period_corrects_nothing(office: Path) -> None:
    released(office)
    bring(office, NEWS, corrigendum(comment_deadline=None, comment_deadline_text="Not applicable"))
    assert corrections(office) == []


def test_a_corrigendum_with_another_day_does(office: Path) -> None:
    released(office)
    bring(office, NEWS, corrigendum(comment_deadline=date(2026, 5, 20)))
    (said,) = corrections(office)
    assert "评议截止日期应为2026年5月20日，原刊为2026年5月4日" in said


def test_an_extended_deadline_is_not_corrected_back_to_the_old_one(office: Path) -> None:
    extended = addendum(day=date(2026, 3, 12), comment_deadline=date(2026, 6, 3))
    bring(office, datetime(2026, 3, 13, tzinfo=UTC), extended, matched=(match(extended.notification_id, LAMP),))
    released(office)
    printed = next(each for each in facts_of(office, MONTH).items if each.case_id == ONE)
    assert printed.comment_deadline == date(2026, 6, 3)
    # the source writes words beside the old day, and a corrigendum of something else repeats it
    bring(office, NEWS, notification(ONE, comment_deadline_text="60 days from notification"))
    bring(office, NEWS, corrigendum(comment_deadline=date(2026, 5, 4)))
    assert corrections(office) == []
    bring(office, NEWS, notification(ONE, title="Draft rule on tubes", comment_deadline=date(2026, 5, 6)))
    assert [said.split("）")[1][:2] for said in corrections(office)] == ["题名"]
