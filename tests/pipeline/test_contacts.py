"""Contacts as an officer and a firm meet them: masked on screen, handed out, erased, purged."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipeline.config import PrivacySettings
from pipeline.contacts.mails import delete_mails_before, delete_mails_to
from pipeline.contacts.words import EVENTS_ZH, MAIL_KINDS_ZH, MAIL_STATES_ZH, REASONS_ZH, STANDINGS_ZH, task_next_step
from warehouse.connection import open_reader
from warehouse.contacts import USUAL_GROUNDS
from warehouse.errors import StageError

Cli = Callable[..., Any]
HEADER = "企业编号,企业名称,产品名称,HS编码,主要出口市场,联系邮箱,关企联络员岗位,订阅方式"
ANNA, BOB, CHEN = "Anna.Li@alpha.example", "bob@alpha.example", "chen@gamma.example"
DAY_1, DAY_2, DAY_3, DAY_4 = (f"2026-06-0{day}T09:00+08:00" for day in (1, 2, 3, 4))


def import_list(cli: Cli, home: Path, at: str, **addresses: str) -> Any:
    """Import a list of firms, each with these addresses."""
    lines = [f"{firm},虚构{firm},台灯,94052100,美国,{found},关务,日报" for firm, found in addresses.items()]
    path = home.parent / "list.csv"
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return cli("--json", "--home", home, "--now", at, "import", "exporters", path)


@pytest.fixture
def city(cli: Cli, tmp_path: Path) -> Path:
    """A home with three firms: two contacts, the same address again, none."""
    home = tmp_path / "home"
    assert import_list(cli, home, DAY_1, T1=f"{ANNA};{BOB}", T2=ANNA.lower(), T3="").code == 1
    return home


@pytest.fixture
def at(cli: Cli, city: Path) -> Callable[..., Any]:
    """`tbtwatch contacts ...` in that home at a moment."""
    return lambda moment, *command: cli("--json", "--home", city, "--now", moment, "contacts", *command)


def of(done: Any, firm: str, first_letter: str = "") -> dict[str, Any]:
    """A contact of a firm as `contacts list` gives it."""
    return next(
        c
        for c in done.data["contacts"]
        if c["exporter_id"] == firm and c["address"].lower().startswith(first_letter.lower())
    )


def standings(done: Any) -> dict[str, str]:
    return {f"{c['exporter_id']} {c['address']}": c["standing"] for c in done.data["contacts"]}


def mail(to: str, date: str = "Mon, 01 Jun 2026 09:00:00 +0800") -> bytes:
    return f"From: o@office.example\nTo: {to}\nDate: {date}\nSubject: x\n\nbody {BOB}\n".encode()


def test_addresses_are_masked_on_screen_and_in_json(cli: Cli, city: Path, at: Callable[..., Any]) -> None:
    at(DAY_2, "unsubscribe", "T2", "--by", "甲", "--basis", f"来函 {ANNA}")
    for command in (("list",), ("list", "--all"), ("list", "--firm", "T1"), ("tasks",)):
        for form in ((), ("--json",)):
            done = cli(*form, "--home", city, "contacts", *command)
            assert done.code == 0
            assert ANNA.lower() not in done.out.lower()
            assert BOB not in done.out
    assert standings(at(DAY_2, "list", "--firm", "T2")) == {"T2 a***@alpha.example": "unsubscribed"}
    assert "a***@alpha.example" in cli("--home", city, "contacts", "tasks").out


def test_unsubscribing_one_firms_contact_holds_for_the_other(at: Callable[..., Any]) -> None:
    refused = at(DAY_2, "unsubscribe", "T1", "--by", "甲", "--basis", "来电")
    assert refused.code == 2
    assert "--contact" in refused.err
    assert ANNA not in refused.err
    anna = of(at(DAY_2, "list"), "T1", "a")["contact_id"]
    assert at(DAY_2, "unsubscribe", "T1", "--contact", anna, "--by", "甲", "--basis", "来电").code == 0
    assert standings(at(DAY_2, "list")) == {
        "T1 A***@alpha.example": "unsubscribed",
        "T1 b***@alpha.example": "open",
        "T2 a***@alpha.example": "unsubscribed",
    }
    assert at(DAY_3, "resubscribe", "T2", "--by", "甲", "--basis", "来函同意").code == 0
    assert set(standings(at(DAY_3, "list")).values()) == {"open"}


def test_suspending_and_resuming(at: Callable[..., Any]) -> None:
    assert at(DAY_2, "suspend", "T2", "--by", "甲", "--reason", "离职").data["contact"]["standing"] == "suspended"
    assert at(DAY_2, "suspend", "T2", "--by", "甲", "--reason", "离职").code == 2
    assert at(DAY_2, "resume", "T2", "--by", "甲", "--reason", "返岗").data["contact"]["standing"] == "open"
    assert at(DAY_2, "resume", "T2", "--by", "甲", "--reason", "返岗").code == 2


def test_tasks_are_settled_by_phone_or_by_a_corrected_list(cli: Cli, city: Path, at: Callable[..., Any]) -> None:
    at(DAY_2, "suspend", "T2", "--by", "甲", "--reason", "离职")
    found = at(DAY_2, "tasks").data["tasks"]
    assert [(t["exporter_id"], t["standing"], t["address"]) for t in found] == [
        ("T3", "none", ""),
        ("T2", "suspended", "a***@alpha.example"),
    ]
    assert all(t["next_step"] for t in found)
    assert at(DAY_2, "phoned", "T3", "--by", "甲", "--text", "已告知关务").data["n_tasks"] == 1
    assert [t["exporter_id"] for t in at(DAY_2, "tasks").data["tasks"]] == ["T2"]
    assert at(DAY_2, "phoned", "T3", "--by", "甲", "--text", "再次").code == 2
    import_list(cli, city, DAY_3, T1=f"{ANNA};{BOB}", T2=CHEN, T3="")
    assert at(DAY_3, "tasks").data["tasks"] == []


def test_a_firm_is_handed_all_that_is_held(city: Path, at: Callable[..., Any]) -> None:
    import duckdb

    anna = of(at(DAY_1, "list"), "T1", "a")["contact_id"]
    at(DAY_2, "unsubscribe", "T1", "--contact", anna, "--by", "甲", "--basis", "来电")
    with duckdb.connect(str(city / "warehouse.duckdb")) as con:
        con.execute(
            "INSERT INTO mails BY NAME SELECT 'm' AS mail_id, 'alert' AS kind, $anna AS contact_id, "
            "'T1' AS exporter_id, 'bounced' AS state, '<m@x>' AS message_id, 'smtp' AS transport, 1 AS n_attempts, "
            "'' AS smtp_status, '' AS detail, '' AS settled_by, TIMESTAMPTZ '2026-06-02 01:00:00+00' AS queued_at",
            {"anna": anna},
        )
    path = city.parent / "T1.xlsx"
    done = at(DAY_3, "export", "T1", "--out", path, "--by", "甲")
    assert (done.code, done.data["n_contacts"]) == (0, 2)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    book = load_workbook(io.BytesIO(path.read_bytes()))
    assert book.sheetnames == ["说明", "联系人", "经过", "邮件"]
    people = list(book["联系人"].values)
    assert {row[1] for row in people[1:]} == {ANNA, BOB}
    assert {row[6] for row in people[1:]} == {USUAL_GROUNDS.purpose}
    assert [row[2:6] for row in list(book["经过"].values)[1:]] == [("退订", "经办人登记", "甲", "来电")]
    assert list(book["邮件"].values)[1] == ("2026-06-02 09:00", anna, "告警", None, "退信", None)
    assert any("730" in str(row[1]) for row in book["说明"].values)
    # never over another file, never to a format that hides what a cell is
    assert at(DAY_3, "export", "T1", "--out", path, "--by", "甲").code == 2
    assert at(DAY_3, "export", "T1", "--out", path.with_suffix(".csv"), "--by", "甲").code == 2
    with open_reader(city / "warehouse.duckdb") as con:
        assert con.execute("SELECT exporter_id, contact_id FROM contact_events WHERE kind = 'exported'").fetchall() == [
            ("T1", "")
        ]


def test_a_text_that_begins_like_a_formula_stays_text(city: Path, at: Callable[..., Any]) -> None:
    at(DAY_2, "suspend", "T2", "--by", "=1+1", "--reason", "离职")
    path = city.parent / "f.xlsx"
    at(DAY_2, "export", "T2", "--out", path, "--by", "甲")
    cells = [cell for row in load_workbook(path)["经过"] for cell in row if cell.value == "=1+1"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_erasing_reaches_rows_files_mails_and_the_next_import(cli: Cli, city: Path, at: Callable[..., Any]) -> None:
    outbox = city / "outbox"
    outbox.mkdir()
    (outbox / "anna.eml").write_bytes(mail(f'"Li, Anna" <{ANNA.upper()}>'))
    (outbox / ".half.part").write_bytes(mail(ANNA))
    (outbox / "bob.eml").write_bytes(mail(BOB))
    anna = of(at(DAY_1, "list"), "T1", "a")["contact_id"]
    done = at(DAY_2, "erase", "T1", "--contact", anna, "--by", "甲", "--basis", "来函")
    assert done.data["counts"] == {"n_mails": 2, "n_contacts": 2}
    assert done.data["other_exporters"] == ["T2"]
    assert [path.name for path in outbox.iterdir()] == ["bob.eml"]
    left = b"".join(path.read_bytes() for path in city.rglob("*") if path.is_file())
    assert b"anna.li" not in left.lower()
    assert standings(at(DAY_2, "list", "--all")) == {"T1 b***@alpha.example": "open"}

    again = import_list(cli, city, DAY_3, T1=f"{ANNA};{BOB}", T2=ANNA.lower(), T3="")
    found = [issue for issue in again.data["issues"] if issue["code"] == "contact-erased"]
    assert [issue["subject"] for issue in found] == ["T1", "T2"]
    assert "虚构T1" in found[0]["message"]
    assert found[0]["next_step"]
    assert "alpha" not in str(found)
    assert standings(at(DAY_3, "list", "--all")) == {"T1 b***@alpha.example": "open"}
    assert [t["exporter_id"] for t in at(DAY_3, "tasks").data["tasks"]] == ["T3", "T2"]

    assert at(DAY_4, "erase", "T2", "--by", "甲", "--basis", "来函").code == 2


def test_an_erasure_that_was_cut_off_is_finished_by_a_purge(
    city: Path, at: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(path: Path) -> None:
        raise StageError("磁盘已满", "请检查磁盘空间")

    bob = of(at(DAY_1, "list"), "T1", "b")["contact_id"]
    command = ("erase", "T1", "--contact", bob, "--by", "甲", "--basis", "来函")
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.steps.contacts.rewrite", full_disk)
        assert at(DAY_2, *command).code == 3
    assert "T1 b***@alpha.example" not in standings(at(DAY_2, "list", "--all"))
    assert b"bob@alpha" in (city / "warehouse.duckdb").read_bytes()
    assert "contacts purge" in at(DAY_2, *command).err
    assert at(DAY_3, "purge").code == 0
    assert b"bob@alpha" not in (city / "warehouse.duckdb").read_bytes()


def test_an_erased_address_comes_back_only_by_itself(
    cli: Cli, city: Path, at: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    at(DAY_2, "erase", "T2", "--by", "甲", "--basis", "来函")
    for typed, code in (("someone@else.example", 2), (ANNA, 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        assert at(DAY_3, "resubscribe", "T2", "--erased", "--by", "甲", "--basis", "来函同意").code == code
    import_list(cli, city, DAY_4, T2=ANNA)
    assert standings(at(DAY_4, "list")) == {"T2 A***@alpha.example": "open"}


def test_purging_follows_the_retention(cli: Cli, city: Path, at: Callable[..., Any]) -> None:
    (city / "tbtwatch.toml").write_text("[privacy]\nretention_days = 30\n", encoding="utf-8")
    outbox = city / "outbox"
    outbox.mkdir()
    (outbox / "anna.eml").write_bytes(mail(ANNA, "Sun, 05 Jul 2026 09:00:00 +0800"))
    (outbox / "bob.eml").write_bytes(mail(BOB, "Sun, 05 Jul 2026 09:00:00 +0800"))
    (outbox / "old.eml").write_bytes(mail("x@y.example", "Mon, 04 May 2026 09:00:00 +0800"))
    import_list(cli, city, DAY_2, T2=ANNA)  # Anna stays with T2
    early = at("2026-07-02T08:59+08:00", "purge")
    assert (early.code, early.data["counts"]) == (0, {"n_mails": 1, "n_contacts": 0})
    late = at("2026-07-02T09:01+08:00", "purge")
    assert late.data["counts"] == {"n_mails": 1, "n_contacts": 2}
    assert [path.name for path in outbox.iterdir()] == ["anna.eml"]
    assert b"bob@alpha" not in (city / "warehouse.duckdb").read_bytes()
    assert list(standings(at(DAY_4, "list", "--all"))) == ["T2 A***@alpha.example"]
    assert at("2026-07-03T09:00+08:00", "purge").data["counts"] == {"n_mails": 0, "n_contacts": 0}


def test_mails_are_found_by_recipient_and_date_whatever_they_look_like(tmp_path: Path) -> None:
    before = datetime.fromisoformat("2026-06-01T00:00+08:00")
    assert delete_mails_to(tmp_path / "none", {ANNA}) == delete_mails_before(tmp_path / "none", before) == 0
    mails = {
        "cc": b"To: x@y.example\nCc: Z <z@y.example>,\n " + ANNA.encode() + b"\n\n",
        "body": b"To: x@y.example\nDate: Mon, 04 May 2026 09:00:00 -0000\n\n" + ANNA.encode(),
        "like": b"To: xanna.li@alpha.example\nDate: nonsense\n\n",
        "bytes": b"\xff\xfe\x00",
    }
    for name, content in mails.items():
        (tmp_path / f"{name}.eml").write_bytes(content)
    assert delete_mails_to(tmp_path, {ANNA.lower()}) == 1
    assert not (tmp_path / "cc.eml").exists()
    assert delete_mails_before(tmp_path, before) == 1  # those without a date are as old as their file
    assert {path.name for path in tmp_path.iterdir()} == {"like.eml", "bytes.eml"}


@pytest.mark.parametrize(
    "command",
    [
        ("list", "--firm", "T9"),
        ("export", "T9", "--out", "x.xlsx", "--by", "甲"),
        ("export", "T1", "--out", "x.xlsx", "--by", " "),
        ("erase", "T9", "--by", "甲", "--basis", "来函"),
        ("erase", "T1", "--contact", "nobody", "--by", "甲", "--basis", "来函"),
        ("erase", "T1", "--by", "甲", "--basis", " "),
        ("unsubscribe", "T3", "--by", "甲", "--basis", "来函"),
        ("resubscribe", "T2", "--by", "甲", "--basis", "来函"),
        ("suspend", "T2", "--by", "", "--reason", "离职"),
        ("phoned", "T1", "--by", "甲", "--text", "已告知"),
    ],
)
def test_what_cannot_be_done_is_worded_and_changes_nothing(at: Callable[..., Any], command: tuple[str, ...]) -> None:
    before = at(DAY_2, "list").data
    done = at(DAY_2, *command)
    assert done.code == 2
    assert "错误：" in done.err
    assert "怎么办：" in done.err
    assert at(DAY_2, "list").data == before


def test_settings_and_words_are_complete(city: Path) -> None:
    usual = PrivacySettings()
    assert (usual.purpose, usual.basis) == (USUAL_GROUNDS.purpose, USUAL_GROUNDS.basis)
    with open_reader(city / "warehouse.duckdb") as con:
        checks = " ".join(
            str(text)
            for (text,) in con.execute(
                "SELECT constraint_text FROM duckdb_constraints() WHERE table_name IN ('contact_events', 'mails') "
                "AND constraint_type = 'CHECK'"
            ).fetchall()
        )
    for word in (*EVENTS_ZH, *MAIL_KINDS_ZH, *MAIL_STATES_ZH):
        assert f"'{word}'" in checks
    assert checks.count("'") == 2 * len((*EVENTS_ZH, *MAIL_KINDS_ZH, *MAIL_STATES_ZH))
    for standing in STANDINGS_ZH.keys() - {"open", "closed"}:
        for reason in REASONS_ZH:
            assert "另有" in task_next_step(standing, reason, has_other=True) or standing == "none"
