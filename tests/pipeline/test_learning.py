"""`tbtwatch train` and `evaluate`: labelled cities, officers' judgements, the office's own head, figures."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models.encoder.hashing import HashEmbedder
from models.matching import load_head, load_policy
from models.matching.head import head_text
from models.training.examples import LabelledSet
from models.training.figures import Labels
from models.training.learn import Learned, learn
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.labelled import bundled_cities, read_city
from pipeline.steps.match import open_head
from pipeline.steps.train import judged_set
from warehouse.connection import open_reader
from warehouse.errors import InputError
from warehouse.intake.exporters import line_id

Cli = Callable[..., Any]
NOW = "2026-06-30T09:00+08:00"
GOODS = {  # product: (HS code, what a measure calls it)
    "载重轮胎": ("401120", "Pneumatic tyres for trucks"),
    "蜂蜜": ("040900", "Natural honey"),
    "光缆": ("854470", "Optical fibre cables"),
    "婴儿推车": ("871500", "Baby strollers"),
    "空气炸锅": ("851660", "Air fryers"),
    "LED灯泡": ("853952", "LED lamps"),
}
OTHERS = ("Live cattle", "Wine", "Portland cement", "Insulin", "Fishing nets", "Wooden coffins")


def write_city(folder: Path) -> Path:
    """Six firms of one product each, a measure on each of the products, an addendum, and six on other goods."""
    folder.mkdir(parents=True)
    with (folder / "exporters.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["企业编号", "企业名称", "产品名称", "产品描述", "HS编码", "主要出口市场", "联系邮箱"])
        for at, (product, (code, _)) in enumerate(GOODS.items(), start=1):
            writer.writerow([f"Y{at}", f"虚构{at}号有限公司", product, "", code, "巴西", f"tbt-y{at}@example.com"])
    notes, labels = [], []
    for at, (product, (code, english)) in enumerate(GOODS.items(), start=1):
        notes.append(
            _note(f"Y-{at:02}", f"G/TBT/N/BRA/{7000 + at}", f"{english} - technical regulation", english, code)
        )
        labels.append({"id": f"Y-{at:02}", "direct": [[f"Y{at}", product]], "indirect": []})
    for at, english in enumerate(OTHERS, start=21):
        notes.append(_note(f"Y-{at}", f"G/TBT/N/BRA/{7000 + at}", f"{english} - technical regulation", english, ""))
        labels.append({"id": f"Y-{at}", "direct": [], "indirect": [], "ambiguous": [["Y1", "载重轮胎"]]})
    notes.append(_note("Y-99", "G/TBT/N/BRA/7001/Add.1", "Addendum: the date of entry into force", "", ""))
    labels.append({"id": "Y-99", "direct": [["Y1", "载重轮胎"]], "indirect": [["Y4", "婴儿推车"]]})
    lines = "".join(json.dumps(note, ensure_ascii=False) + "\n" for note in notes)
    (folder / "notifications.jsonl").write_text(lines, encoding="utf-8")
    write_gold(folder / "labels.json", labels)
    return folder


def _note(key: str, symbol: str, title: str, products: str, code: str) -> dict[str, object]:
    return {
        "id": key, "symbols": [symbol], "area": "TBT", "members": ["Brazil"], "distribution_date": "2026-03-12",
        "comment_deadline": "2026-05-12", "title": title, "description": "", "products_text": products,
        "hs_codes": [code] if code else [], "ics_codes": [], "notification_type": "Regular notification", "lang": "en",
    }  # fmt: skip


def write_gold(path: Path, labels: object) -> Path:
    path.write_text(json.dumps({"labels": labels}, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> LabelledSet:
    return read_city(write_city(tmp_path_factory.mktemp("city") / "city_y"))


@pytest.fixture(scope="module")
def judged(city: LabelledSet) -> LabelledSet:
    """An officer's word on two of the city's firms under a measure of the office's own."""
    return LabelledSet(
        name="officers",
        notifications=(
            replace(
                city.notifications[0],
                notification_id="own",
                symbols=("G/TBT/N/PER/1",),
                hs_codes=("401120", "851660"),
            ),
        ),
        parents={},
        lines=city.lines,
        labels=(
            Labels(
                notification_id="own",
                direct=frozenset({line_id("Y1", "载重轮胎")}),
                indirect=frozenset(),
                rejected=frozenset({line_id("Y5", "空气炸锅")}),
            ),
        ),
    )


@pytest.fixture(scope="module")
def learned(city: LabelledSet, judged: LabelledSet) -> Learned:
    return learn([city], HashEmbedder(), load_policy(), judged=judged, trained_on="2026-06-30")


def context_of(home: Path) -> Context:
    return Context(home=Home(home), now=datetime(2026, 6, 30, 1, 0, tzinfo=UTC), settings=Settings())


def put_head(home: Path, text: str) -> Path:
    path = Home(home).head
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_city_folder_is_read_whole(city: LabelledSet) -> None:
    assert (len(city.lines), len(city.notifications), len(city.labels)) == (6, 13, 13)
    assert {child: parent.notification_id for child, parent in city.parents.items()} == {"Y-99": "Y-01"}
    (addendum,) = (item for item in city.labels if item.notification_id == "Y-99")
    assert addendum.direct == {line_id("Y1", "载重轮胎")}
    assert addendum.direct | addendum.indirect <= {line.line_id for line in city.lines}


@pytest.mark.parametrize("name", ["exporters.csv", "notifications.jsonl", "labels.json"])
def test_a_city_with_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = write_city(tmp_path / "city_y")
    (folder / name).unlink()
    with pytest.raises(InputError) as caught:
        read_city(folder)
    assert name in str(caught.value)


def test_the_bundled_cities_fit_together() -> None:
    """Every label names a notification and lines of its own city, and nothing is both direct and indirect."""
    cities = bundled_cities()
    assert len(cities) >= 5
    for found in cities:
        lines, ids = {line.line_id for line in found.lines}, {item.notification_id for item in found.notifications}
        assert {item.notification_id for item in found.labels} == ids, found.name
        for item in found.labels:
            assert item.direct | item.indirect | item.ambiguous <= lines, item.notification_id
            assert not item.direct & item.indirect, item.notification_id
    everywhere = [item.notification_id for found in cities for item in found.notifications]
    assert len(everywhere) == len(set(everywhere))


def test_learning_counts_what_it_saw_and_says_how_well_it_does(city: LabelledSet, learned: Learned) -> None:
    assert learned.head.version.startswith("head-")
    facts = learned.head.facts
    assert (facts["trained_on"], facts["notifications"], facts["encoder"]) == ("2026-06-30", 13, HashEmbedder().name)
    assert facts["judged_pairs"] == 2  # of the officers' set only what somebody decided on, no invented negatives
    assert learned.overall.n_notifications == 13
    assert learned.overall.direct.n_true == 7
    assert learned.overall.n_quiet == 0  # an ambiguous pair is no promise that a measure concerns nobody
    assert 0 < learned.head.related_from <= 1
    assert 0 < learned.head.direct_from <= 1
    assert learned.by_group["city_y"] == learned.overall


def test_an_own_head_is_used_until_it_is_removed(cli: Cli, home: Path, learned: Learned) -> None:
    assert open_head(context_of(home)).version == load_head().version
    path = put_head(home, head_text(learned.head))
    opened = open_head(context_of(home))
    assert (opened.version, dict(opened.facts)) == (learned.head.version, dict(learned.head.facts))
    assert (opened.direct_from, opened.related_from) == (learned.head.direct_from, learned.head.related_from)
    again = cli("--json", "--home", home, "--now", NOW, "match").data["counts"]
    with open_reader(home / "warehouse.duckdb") as con:
        versions = con.execute("SELECT DISTINCT model_version FROM matches").fetchall()
        known = con.execute("SELECT count(*) FROM notifications").fetchone()
    assert known is not None
    assert again["n_notifications"] == known[0]  # a new model scores everything anew
    assert [learned.head.version in version for (version,) in versions] == [True]
    assert cli("--json", "--home", home, "--now", NOW, "match").data["counts"]["n_notifications"] == 0
    path.unlink()
    assert open_head(context_of(home)).version == load_head().version


BUNDLED = json.loads(head_text(load_head()))
DAMAGED = {
    "empty": "",
    "cut off": json.dumps(BUNDLED)[:-200],
    "no object": "[1, 2]",
    "nothing in it": "{}",
    "features of another version": json.dumps(BUNDLED | {"features": BUNDLED["features"][:-1]}),
    "a question is missing": json.dumps({key: value for key, value in BUNDLED.items() if key != "related"}),
    "weights are too few": json.dumps(BUNDLED | {"direct": BUNDLED["direct"] | {"weights": [1.0]}}),
    "a tree is no table": json.dumps(BUNDLED | {"direct": BUNDLED["direct"] | {"forest": {"base": 0, "trees": [[1]]}}}),
    "a threshold is a word": json.dumps(BUNDLED | {"direct_from": "hoch"}),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_head_is_named_with_the_way_out(cli: Cli, home: Path, damage: str) -> None:
    path = put_head(home, DAMAGED[damage])
    for command in (("match",), ("explain", "G/TBT/N/USA/9001", "E002")):
        done = cli("--home", home, "--now", NOW, *command)
        assert done.code == 2, (command, done.out)
        assert "Traceback" not in done.err
        assert path.name in done.err
        assert "tbtwatch train" in done.err
        assert "怎么办：" in done.err
    with open_reader(home / "warehouse.duckdb") as con:  # what was found before stands
        assert con.execute("SELECT count(*) > 0 FROM matches").fetchone() == (True,)


@pytest.mark.parametrize("command", [("train",), ("evaluate", "gold.json")])
def test_nothing_is_learned_or_measured_before_the_first_import(
    cli: Cli, tmp_path: Path, command: tuple[str, ...]
) -> None:
    gold = write_gold(tmp_path / "gold.json", [{"id": "x", "direct": [], "indirect": []}])
    stated = [gold if word == "gold.json" else word for word in command]
    done = cli("--home", tmp_path / "mistyped", "--now", NOW, *stated)
    assert done.code == 2
    assert "import exporters" in done.err
    assert not (tmp_path / "mistyped").exists()


LAMP, CABLE, TYRE, ROUTER = (
    ("E020", "LED汽车前照灯总成"),
    ("E002", "GYTS层绞式室外光缆"),
    ("E025", "全钢载重子午胎"),
    ("E003", "SFP+ 光模块"),
)


def test_what_officers_decided_becomes_labels_with_the_last_word(cli: Cli, home: Path) -> None:
    with open_reader(home / "warehouse.duckdb") as con:
        assert judged_set(con).labels == ()
        row = con.execute("SELECT notification_id, parent_id FROM notification_parents ORDER BY 1 LIMIT 1").fetchone()
    assert row is not None
    child, parent = row

    def judge(notification: str, pair: tuple[str, str], relation: str, now: str = NOW) -> None:
        done = cli("--home", home, "--now", now, "judge", notification, pair[0], "--product", pair[1], "--relation",
                   relation, "--by", "研判岗甲")  # fmt: skip
        assert done.code == 0, done.err

    judge(child, LAMP, "direct")
    judge(child, CABLE, "none")
    judge(child, TYRE, "indirect")
    judge("G/TBT/N/USA/9001", ROUTER, "direct")
    judge("G/TBT/N/USA/9001", ROUTER, "none", now="2026-06-30T15:00+08:00")
    with open_reader(home / "warehouse.duckdb") as con:
        found = judged_set(con)
    labels = {item.notification_id: item for item in found.labels}
    assert set(labels) == {child, "G/TBT/N/USA/9001"} == {item.notification_id for item in found.notifications}
    assert labels[child] == Labels(
        notification_id=child,
        direct=frozenset({line_id(*LAMP)}),
        indirect=frozenset({line_id(*TYRE)}),
        rejected=frozenset({line_id(*CABLE)}),
    )
    assert labels["G/TBT/N/USA/9001"].rejected == {line_id(*ROUTER)}
    assert labels["G/TBT/N/USA/9001"].direct == set()
    assert {line.line_id for line in found.lines} == {line_id(*pair) for pair in (LAMP, CABLE, TYRE, ROUTER)}
    assert found.parents[child].notification_id == parent


def test_a_decision_outlives_the_line_in_training(cli: Cli, home: Path, tmp_path: Path) -> None:
    """A product that left the list is closed, not forgotten: what was decided of it still teaches."""
    done = cli("--home", home, "--now", NOW, "judge", "G/TBT/N/USA/9001", ROUTER[0], "--product", ROUTER[1],
               "--relation", "direct", "--by", "研判岗甲")  # fmt: skip
    assert done.code == 0, done.err
    others = tmp_path / "others.csv"
    others.write_text("企业编号,企业名称,产品名称,HS编码\nE901,虚构灯具有限公司,台灯,940521\n", encoding="utf-8-sig")
    assert cli("--home", home, "--now", NOW, "import", "exporters", others).code in {0, 1}
    with open_reader(home / "warehouse.duckdb") as con:
        assert [line.product_name for line in judged_set(con).lines] == [ROUTER[1]]
