"""Which Chinese title of a notification counts: an officer's, a public bulletin's, a machine's; how far each goes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_load_others import bring, title
from warehouse_sample import load, notification, scalar

from warehouse.connection import Connection
from warehouse.errors import InputError
from warehouse.records import Notification, NotificationKind
from warehouse.translations import (
    BestTitle,
    NewTranslation,
    TitleKind,
    best_titles,
    bound_to,
    notification_titled,
    record_translations,
    wanted_titles,
)

HOUR = timedelta(hours=1)
ONE, TWO = "G/TBT/N/ATL/1", "G/TBT/N/ATL/2"
OFFICER, MACHINE = TitleKind.OFFICER, TitleKind.MACHINE


def addendum(title: str, number: int = 1) -> Notification:
    return notification(f"{ONE}/Add.{number}", kind=NotificationKind.ADDENDUM, title=title)


def give(
    con: Connection,
    now: datetime,
    item: Notification,
    text: str = "灯具法规草案",
    kind: TitleKind = OFFICER,
    translator: str = "甲",
) -> None:
    made = NewTranslation(notification_id=item.notification_id, title_zh=text, kind=kind, translator=translator)
    record_translations(con, [made], [item], now=now)


def best(con: Connection, *keys: str) -> dict[str, BestTitle]:
    return best_titles(con, keys)


def test_an_untranslated_title_has_no_rendering(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification())
    assert best(warehouse, ONE, "G/TBT/N/NO/1") == {}


def test_what_an_officer_says_stands_above_all_others(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    item = notification()
    load(warehouse, tmp_path, now, item)
    give(warehouse, now, item, "机译", MACHINE, "opus@1")
    assert best(warehouse, ONE)[ONE] == BestTitle(text="机译", kind=MACHINE, by="opus@1")
    assert best(warehouse, ONE)[ONE].marked == "机译（机器翻译）"
    bring(warehouse, tmp_path, now, title(title_zh="公开译名"))
    assert best(warehouse, ONE)[ONE].kind is TitleKind.PUBLIC
    give(warehouse, now, item, "甲的译名")
    give(warehouse, now + HOUR, item, "乙改的译名", translator="乙")
    give(warehouse, now + 2 * HOUR, item, "机译二", MACHINE, "opus@2")
    assert best(warehouse, ONE)[ONE] == BestTitle(text="乙改的译名", kind=OFFICER, by="乙")
    assert best(warehouse, ONE)[ONE].marked == "乙改的译名"


def test_a_chinese_original_is_its_own_title(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    zh = notification(title="灯具安全技术规范", lang="zh")
    ja = notification(TWO, title="電気用品の技術上の基準", lang="ja")
    load(warehouse, tmp_path, now, zh, ja)
    give(warehouse, now, zh, "另一个译名")
    found = best(warehouse, ONE, TWO)
    assert found == {ONE: BestTitle(text="灯具安全技术规范", kind=TitleKind.ORIGINAL)}
    assert found[ONE].is_translated


@pytest.mark.parametrize(
    "own",
    [
        "Draft rule on lamps",
        "DRAFT RULE ON  LAMPS.",
        "Addendum 1: Draft rule on lamps",
        "Corrigendum to the Draft rule on lamps",
        "Draft rule on lamps – extension of the comment period",
        "Draft rule on lamps (G/TBT/N/ATL/1)",
        "Addendum",
        "",
    ],
)
def test_an_addendum_under_the_name_of_its_measure_takes_its_rendering(
    warehouse: Connection, tmp_path: Path, now: datetime, own: str
) -> None:
    load(warehouse, tmp_path, now, notification(), addendum(own))
    give(warehouse, now, notification())
    assert best(warehouse, f"{ONE}/Add.1")[f"{ONE}/Add.1"].text == "灯具法规草案"


@pytest.mark.parametrize(
    "own", ["List of designated laboratories", "Final rule on lamps", "Draft rule on lamps and batteries"]
)
def test_an_addendum_that_says_something_else_does_not(
    warehouse: Connection, tmp_path: Path, now: datetime, own: str
) -> None:
    load(warehouse, tmp_path, now, notification(), addendum(own))
    give(warehouse, now, notification())
    bring(warehouse, tmp_path, now, title())
    assert best(warehouse, f"{ONE}/Add.1") == {}


def test_a_machine_does_not_speak_for_the_family(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification(), addendum("Addendum 1: Draft rule on lamps"))
    give(warehouse, now, notification(), kind=MACHINE)
    assert set(best(warehouse, ONE, f"{ONE}/Add.1")) == {ONE}


def test_a_public_title_of_the_measure_serves_its_addendum(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    load(warehouse, tmp_path, now, notification(), addendum("Draft rule on lamps"))
    bring(warehouse, tmp_path, now, title(title_zh="灯具条例"))
    found = best(warehouse, f"{ONE}/Add.1")[f"{ONE}/Add.1"]
    assert (found.text, found.kind, found.by) == ("灯具条例", TitleKind.PUBLIC, "平台")


def test_joint_texts_notified_one_by_one_share_a_rendering(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    bahrain = notification("G/TBT/N/BHR/7", member_codes=("BHR",), title="Lamps")
    kuwait = notification("G/TBT/N/KWT/8", member_codes=("KWT",), title="LAMPS ")
    load(warehouse, tmp_path, now, bahrain, kuwait)
    give(warehouse, now, bahrain, "灯具")
    assert best(warehouse, "G/TBT/N/KWT/8")["G/TBT/N/KWT/8"].text == "灯具"


def test_a_rendering_that_names_its_member_stays_with_it(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    bahrain = notification("G/TBT/N/BHR/7", member_codes=("BHR",), title="Lamps")
    kuwait = notification("G/TBT/N/KWT/8", member_codes=("KWT",), title="Lamps")
    load(warehouse, tmp_path, now, bahrain, kuwait)
    give(warehouse, now, bahrain, "巴林灯具法规")
    assert set(best(warehouse, "G/TBT/N/BHR/7", "G/TBT/N/KWT/8")) == {"G/TBT/N/BHR/7"}
    assert bound_to("巴林灯具法规", ("BHR",)) == ["BHR"]
    assert bound_to("灯具法规", ("BHR",)) == []


def test_a_title_that_changed_keeps_its_rendering_but_says_so(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    load(warehouse, tmp_path, now, notification())
    give(warehouse, now, notification())
    load(warehouse, tmp_path, now + HOUR, notification(title="Draft rule on lamps."))
    assert best(warehouse, ONE)[ONE].is_stale is False
    load(warehouse, tmp_path, now + 2 * HOUR, notification(title="Draft rule on lamps and fans"))
    assert best(warehouse, ONE)[ONE] == BestTitle(text="灯具法规草案", kind=OFFICER, by="甲", is_stale=True)


def test_renderings_are_added_and_never_changed(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    item = notification()
    load(warehouse, tmp_path, now, item)
    for _ in range(2):
        give(warehouse, now, item)
    give(warehouse, now + HOUR, item, "另译")
    assert scalar(warehouse, "SELECT count(*) FROM title_translations") == 2
    kept = warehouse.execute("SELECT symbol, measure_key, title, lang FROM title_translations").fetchall()
    assert kept == [(ONE, ONE, "Draft rule on lamps", "")] * 2


def test_a_notification_is_named_by_symbol_or_id(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification(TWO, notification_id="A-2", symbols=(TWO,)))
    assert {notification_titled(warehouse, key) for key in (TWO, "g/tbt/n/atl/2", "A-2")} == {"A-2"}
    with pytest.raises(InputError, match="没有这件通报"):
        notification_titled(warehouse, "G/TBT/N/ATL/99")


def test_a_month_wants_its_titles_and_no_blank_ones(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    blank = notification("G/TBT/N/ATL/3", title=" – ")
    late = notification(TWO, title="Fans", distribution_date=date(2026, 4, 1))
    load(warehouse, tmp_path, now, notification(), late, blank)
    march = wanted_titles(warehouse, first_day=date(2026, 3, 1), last_day=date(2026, 3, 31))
    assert [item.notification_id for item in march] == [ONE]
    assert wanted_titles(warehouse, first_day=None, last_day=None) == ()


@settings(deadline=None)  # the first example loads data files
@given(words=st.lists(st.sampled_from(["rule", "LAMPS", "Décret", "n°", "45", "电灯"]), min_size=1, max_size=5))
def test_the_key_of_a_title_sees_words_alone(words: list[str]) -> None:
    import duckdb

    from warehouse.sqlfiles import sql

    con = duckdb.connect()
    con.execute(sql("schema/0044_title_key"))
    asked = "SELECT title_key(?), title_key(?)"
    plain, spaced = con.execute(asked, [" ".join(words), f"  {' - '.join(words).upper()}. "]).fetchone() or ("", "!")
    assert plain == spaced
    assert plain != con.execute("SELECT title_key(?)", [" ".join([*words, "more"])]).fetchone()[0]  # type: ignore[index]
