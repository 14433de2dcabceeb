"""The whole way over the bundled sample, and over the shared data where they are at hand, at stated moments."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.config import read_settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.sample import EXPORTERS, NOTIFICATIONS, sample_path
from pipeline.steps.draft_report import bulletin_facts, read_month
from reports.bulletin.facts import inconsistencies
from warehouse.connection import open_reader, open_writer
from warehouse.contacts import read_standing_contacts
from warehouse.outbox import Dates, NewAlert, NewMail, hand_over, queue_mails
from warehouse.records import Level

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
AT_ONCE = "2026-06-29T10:00+08:00"
NEXT_DAY = "2026-06-30T09:00+08:00"
MONTH_END = "2026-07-01T09:00+08:00"
CLOSED_PORT = """
[office]
issuer = "虚构单位"
email = "office@example.com"

[mail]
transport = "smtp"
host = "127.0.0.1"
port = 9
security = "none"
"""
CONTRACT = ["notification_id", "symbol", "exporter_id", "product_name", "relation", "score", "level", "reason"]
Cli = Callable[..., Any]


def mails(home: Path) -> list[EmailMessage]:
    return [message_from_bytes(p.read_bytes(), policy=default) for p in sorted((home / "outbox").glob("*.eml"))]  # type: ignore[misc]


def rows(home: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with open_reader(home / "warehouse.duckdb") as con:
        return con.execute(query, values).fetchall()


def sendable(cli: Cli, home: Path) -> dict[str, Any]:
    """The first mail that would go at once if nothing had to be confirmed."""
    plans = cli("--json", "--home", home, "--now", AT_ONCE, "alert", "preview", "--unreviewed").data["plans"]
    return next(plan for plan in plans if not plan["withheld"] and not plan["waits_until"])


def told(plans: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """The cases and firms of the alerts that go now."""
    return {(p["case_id"], p["exporter_id"]) for p in plans if not p["withheld"] and not p["waits_until"]}


def test_importing_the_same_files_again_adds_nothing(cli: Cli, home: Path) -> None:
    before = rows(home, "SELECT count(*) FROM raw_notifications")
    with sample_path(NOTIFICATIONS) as path:
        again = cli("--json", "--home", home, "--now", AT_ONCE, "import", "notifications", path).data["counts"]
    assert again["n_new"] == 0
    assert again["n_unchanged"] == again["n_records"] > 0
    assert rows(home, "SELECT count(*) FROM raw_notifications") == before
    with sample_path(EXPORTERS) as path:
        again = cli("--json", "--home", home, "--now", AT_ONCE, "import", "exporters", path).data["counts"]
    assert (again["n_lines_new"], again["n_lines_changed"], again["n_lines_closed"]) == (0, 0, 0)


def test_matching_again_does_nothing_and_keeps_what_was_found(cli: Cli, home: Path) -> None:
    found = rows(home, "SELECT * FROM matches ORDER BY ALL")
    again = cli("--json", "--home", home, "--now", AT_ONCE, "match").data["counts"]
    assert again["n_notifications"] == 0
    assert rows(home, "SELECT * FROM matches ORDER BY ALL") == found
    assert found


def test_the_table_of_matches_keeps_its_contract_in_csv_and_xlsx(cli: Cli, prepared: Path, tmp_path: Path) -> None:
    as_csv, as_xlsx = tmp_path / "m.csv", tmp_path / "m.xlsx"
    assert cli("--home", prepared, "matches", "--all", "--out", as_csv).code == 0
    assert cli("--home", prepared, "matches", "--all", "--out", as_xlsx).code == 0
    assert as_csv.read_bytes().startswith(b"\xef\xbb\xbf")
    with as_csv.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        assert list(reader.fieldnames or ())[: len(CONTRACT)] == CONTRACT
        listed = list(reader)
    assert {row["relation"] for row in listed} == {"direct", "indirect", "none"}
    assert all(0 <= float(row["score"]) <= 1 for row in listed)
    assert all(row["reason"] for row in listed if row["relation"] != "none")
    with closing(openpyxl.load_workbook(as_xlsx, read_only=True)) as book:
        assert sum(1 for _ in book.active.iter_rows(values_only=True)) == len(listed) + 1
    relevant = cli("--json", "--home", prepared, "matches", "--out", tmp_path / "r.csv").data["n_rows"]
    assert 0 < relevant < len(listed)


def test_a_pair_is_explained_with_evidence(cli: Cli, prepared: Path) -> None:
    plan = sendable(cli, prepared)
    notification = rows(prepared, "SELECT notification_id FROM case_notifications WHERE case_id = ?", plan["case_id"])
    done = cli("--json", "--home", prepared, "explain", notification[0][0], plan["exporter_id"])
    assert done.code == 0
    related = [pair["match"] for pair in done.data["pairs"] if pair["match"]["relation"] != "none"]
    assert related
    assert all(pair["evidence"] and pair["reason"] for pair in related)


def test_only_what_an_officer_confirmed_is_mailed_unless_told_otherwise(cli: Cli, home: Path) -> None:
    assert cli("--json", "--home", home, "--now", AT_ONCE, "alert", "send").data["counts"]["n_sent"] == 0
    assert mails(home) == []
    plan = sendable(cli, home)
    for product in plan["products"]:
        judged = cli("--home", home, "--now", AT_ONCE, "judge", plan["case_id"], plan["exporter_id"],
                     "--by", "研判岗甲", "--product", product)  # fmt: skip
        assert judged.code == 0, judged.err
    sent = cli("--json", "--home", home, "--now", AT_ONCE, "alert", "send").data
    assert sent["counts"]["n_sent"] == 1
    (mail,) = mails(home)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "研判岗甲" in body.get_content()
    assert "尚未经人工研判" not in body.get_content()
    events = rows(home, "SELECT DISTINCT kind FROM case_events WHERE case_id = ?", plan["case_id"])
    assert ("judged",) in events
    # a file in the outbox told nobody yet: the office says when it has
    assert ("told",) not in events
    (listed,) = cli("--json", "--home", home, "alert", "outbox").data["mails"]
    settled = cli("--home", home, "--now", AT_ONCE, "alert", "settle", listed["mail_id"], "--as", "arrived",
                  "--by", "研判岗甲")  # fmt: skip
    assert settled.code == 0, settled.err
    assert ("told",) in rows(home, "SELECT DISTINCT kind FROM case_events WHERE case_id = ?", plan["case_id"])

    shown = cli("--json", "--home", home, "--now", NEXT_DAY, "alert", "preview", "--unreviewed").data["plans"]
    rest = cli("--json", "--home", home, "--now", NEXT_DAY, "alert", "send", "--unreviewed").data
    assert rest["plans"] == shown
    assert 1 < rest["counts"]["n_sent"] <= len(told(shown))
    unreviewed = [m for m in mails(home) if m["Message-ID"] != mail["Message-ID"]]
    assert len(unreviewed) == rest["counts"]["n_sent"]
    for other in unreviewed:
        text = other.get_body(("plain",))
        assert text is not None
        assert "尚未经人工研判" in text.get_content()
    files = {p.name: p.read_bytes() for p in (home / "outbox").iterdir()}
    again = cli("--json", "--home", home, "--now", NEXT_DAY, "alert", "send", "--unreviewed").data["counts"]
    assert again["n_sent"] == 0
    n_alerts = rows(home, "SELECT count(*) FROM alerts")[0][0]
    assert again["n_told_before"] == n_alerts == len(told(shown)) + 1
    assert {p.name: p.read_bytes() for p in (home / "outbox").iterdir()} == files


def test_a_mail_of_mixed_lines_does_not_claim_to_be_reviewed(cli: Cli, home: Path) -> None:
    plans = cli("--json", "--home", home, "--now", AT_ONCE, "alert", "preview", "--unreviewed").data["plans"]
    plan = next((p for p in plans if not p["withheld"] and not p["waits_until"] and len(p["products"]) > 1), None)
    if plan is None:
        pytest.fail("the sample has no firm with two products in one case")
    cli("--home", home, "--now", AT_ONCE, "judge", plan["case_id"], plan["exporter_id"], "--by", "研判岗乙",
        "--product", plan["products"][0])  # fmt: skip
    cli("--home", home, "--now", AT_ONCE, "alert", "send", "--unreviewed")
    (state,) = rows(
        home,
        "SELECT is_reviewed, len(line_ids) FROM alerts WHERE case_id = ? AND exporter_id = ?",
        plan["case_id"],
        plan["exporter_id"],
    )
    assert state == (False, len(plan["products"]))
    assert not any("研判岗乙" in m.get_body(("plain",)).get_content() for m in mails(home))  # type: ignore[union-attr]


def test_a_mail_that_was_under_way_at_a_kill_is_in_doubt_and_never_sent_again(cli: Cli, home: Path) -> None:
    plan = sendable(cli, home)
    moment = datetime(2026, 6, 29, 2, 0, tzinfo=UTC)
    with open_writer(home / "warehouse.duckdb") as con:
        contact = next(c for c in read_standing_contacts(con) if c.exporter_id == plan["exporter_id"])
        alert = NewAlert(
            case_id=plan["case_id"], case_version=1, kind="alert", contact_id=contact.contact_id,
            exporter_id=contact.exporter_id, is_reviewed=False, match_level=Level.WATCH, line_ids=(), dates=Dates(),
        )  # fmt: skip
        mail = NewMail(kind="alert", contact_id=contact.contact_id, exporter_id=contact.exporter_id, alerts=(alert,))
        queue_mails(con, [(mail, "<x@example.com>")], now=moment)
        assert hand_over(con, mail.mail_id, now=moment)
        assert not hand_over(con, mail.mail_id, now=moment)
    # a mail server is asked, not a folder: only it cannot say whether it has the mail
    (home / "tbtwatch.toml").write_text(CLOSED_PORT, encoding="utf-8")
    for _ in range(2):
        done = cli("--json", "--home", home, "--now", NEXT_DAY, "alert", "send")
        assert done.code in {0, 1}, done.err
    assert rows(home, "SELECT state, n_attempts FROM mails WHERE mail_id = ?", mail.mail_id) == [("in-doubt", 1)]
    assert rows(home, "SELECT count(*) FROM issues WHERE code = 'alert-in-doubt'") == [(1,)]
    plans = cli("--json", "--home", home, "--now", NEXT_DAY, "alert", "preview", "--unreviewed").data["plans"]
    (shown,) = (p for p in plans if (p["case_id"], p["exporter_id"]) == (plan["case_id"], plan["exporter_id"]))
    assert "不明" in shown["withheld"]


def test_a_firm_without_contact_becomes_an_issue_to_be_told_by_phone(cli: Cli, home: Path, tmp_path: Path) -> None:
    plan = sendable(cli, home)
    with sample_path(EXPORTERS) as path:
        listed = path.read_text(encoding="utf-8-sig")
    address = rows(home, "SELECT email FROM contacts WHERE exporter_id = ?", plan["exporter_id"])[0][0]
    changed = tmp_path / "exporters.csv"
    changed.write_text(listed.replace(address, ""), encoding="utf-8")
    cli("--home", home, "--now", AT_ONCE, "import", "exporters", changed)
    done = cli("--json", "--home", home, "--now", NEXT_DAY, "alert", "send", "--unreviewed")
    assert done.code == 1
    assert plan["exporter_id"] in {i["subject"] for i in done.data["issues"] if i["code"] == "contact-missing"}
    assert not any(address in str(mail["To"]) for mail in mails(home))


def test_an_archived_case_sends_nothing_and_a_reopened_one_does(cli: Cli, home: Path) -> None:
    plan = sendable(cli, home)
    here = ("--json", "--home", home, "--now", NEXT_DAY)
    assert cli(*here, "case", "close", plan["case_id"], "--reason", "不涉及", "--by", "值班").code == 0
    closed = cli(*here, "alert", "preview", "--unreviewed").data["plans"]
    assert plan["case_id"] not in {p["case_id"] for p in closed}
    asked = cli(*here, "alert", "preview", "--unreviewed", "--case", plan["case_id"]).data["plans"]
    assert {p["withheld"] for p in asked} == {"案件已结案或归档"}
    later = ("--json", "--home", home, "--now", MONTH_END)
    assert cli(*later, "case", "reopen", plan["case_id"], "--reason", "有新情况", "--by", "值班").code == 0
    reopened = cli(*later, "alert", "preview", "--unreviewed").data["plans"]
    assert "" in {p["withheld"] for p in reopened if p["case_id"] == plan["case_id"]}


def test_every_clock_runs_from_first_collection(cli: Cli, prepared: Path) -> None:
    with open_reader(prepared / "warehouse.duckdb") as con:
        starts = con.execute("SELECT DISTINCT clock_started_at FROM cases").fetchall()
    assert starts == [(datetime(2026, 6, 29, 1, 0, tzinfo=UTC),)]


@pytest.fixture(scope="module")
def finished(cli: Cli, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the whole month was run once more by `monthly`, with mails sent unreviewed."""
    import shutil

    home = tmp_path_factory.mktemp("finished") / "home"
    shutil.copytree(prepared, home)
    done = cli("--home", home, "--now", MONTH_END, "monthly", "--month", "2026-06", "--unreviewed")
    assert done.code in {0, 1}, done.err
    return home


def test_public_papers_name_no_firm_and_no_address_and_restricted_ones_name_firms(finished: Path) -> None:
    folder = finished / "reports" / "2026-06"
    public = {p.suffix for p in folder.iterdir() if p.is_file()}
    assert public == {".html", ".docx", ".pdf", ".xlsx"}
    assert {p.suffix for p in (folder / "内部版").iterdir()} >= {".html", ".docx", ".pdf"}
    names = [str(name) for (name,) in rows(finished, "SELECT name FROM exporters")]
    open_text = next(folder.glob("*.html")).read_text(encoding="utf-8")
    restricted = next((folder / "内部版").glob("*.html")).read_text(encoding="utf-8")
    assert not [name for name in names if name in open_text]
    assert not re.search(r"tbt-e\d+@", open_text + restricted)
    assert [name for name in names if name in restricted]
    assert next(folder.glob("*.pdf")).read_bytes().startswith(b"%PDF")
    written = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert {
        str(n) for (n,) in rows(finished, "SELECT file_name FROM bulletins WHERE report_month = '2026-06'")
    } == written


@pytest.mark.parametrize("month", ["2025-01", "2026-05", "2026-06", "2026-07"])
def test_the_figures_of_an_issue_add_up_also_in_a_month_with_nothing(finished: Path, month: str) -> None:
    home = Home(finished)
    context = Context(home=home, now=datetime(2026, 7, 1, 1, 0, tzinfo=UTC), settings=read_settings(home))
    with open_reader(home.warehouse) as con:
        for firm_names in (False, True):
            facts = bulletin_facts(con, context, read_month(month, context.now), firm_names=firm_names)
            assert inconsistencies(facts) == ()
            assert any(item.firm_names for item in facts.items) is (firm_names and bool(facts.items))
    assert bool(facts.totals.n_symbols) is (month != "2025-01")


def test_an_empty_month_is_still_printed(cli: Cli, home: Path, tmp_path: Path) -> None:
    done = cli("--json", "--home", home, "--now", MONTH_END, "report", "--month", "2025-01", "--out", tmp_path / "o")
    assert done.code in {0, 1}
    assert done.data["counts"]["n_symbols"] == 0
    assert len(done.data["files"]) >= 7
    assert all(Path(name).stat().st_size > 0 for name in done.data["files"])


def test_the_published_copy_holds_no_contacts_and_no_firm_names(finished: Path) -> None:
    import duckdb

    with duckdb.connect(str(finished / "publish" / "current.duckdb"), read_only=True) as con:
        tables = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        assert "contacts" not in tables
        assert {"notifications", "matches", "cases"} <= tables
        firm = str(rows(finished, "SELECT name FROM exporters LIMIT 1")[0][0])
        for table in sorted(tables):
            text = str(con.table(table).fetchall())
            assert firm not in text, table
            assert "tbt-e0" not in text, table


def test_status_and_doctor_have_something_to_say(cli: Cli, finished: Path) -> None:
    status = cli("--json", "--home", finished, "status", "--issues")
    assert status.code == 1
    assert status.data["n_issues"] == len(status.data["issues"]) > 0
    assert {run["step"] for run in status.data["runs"]} >= {"match", "cases", "alert", "report", "publish"}
    assert {run["outcome"] for run in status.data["runs"]} <= {"done", "findings"}
    doctor = cli("--home", finished, "doctor")
    assert doctor.code in {0, 1}
    assert "[正常] 数据库" in doctor.out


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not beside this checkout")
@pytest.mark.parametrize("name", ["eping_export_2025-06.xlsx", "notifications_dev.jsonl"])
def test_the_shared_data_go_all_the_way(cli: Cli, tmp_path: Path, name: str) -> None:
    file = SHARED / name
    if name.endswith(".jsonl"):  # a part of it: the readers' own tests read the whole
        file = tmp_path / name
        with (SHARED / name).open(encoding="utf-8") as whole:
            file.write_text("".join(islice(whole, 60)), encoding="utf-8")
    home = tmp_path / "home"
    assert cli("--home", home, "import", "exporters", SHARED / "exporters.csv").code in {0, 1}
    here = ("--json", "--home", home, "--now", "2025-06-12T09:00+08:00")
    first = cli(*here, "import", "notifications", file).data["counts"]
    assert first["n_new"] == first["n_records"] > 50
    assert cli(*here, "import", "notifications", file).data["counts"]["n_new"] == 0
    assert cli(*here, "match").data["counts"]["n_direct"] > 0
    assert cli(*here, "cases").data["counts"]["n_opened"] > 0
    if name.endswith(".jsonl"):
        return
    next_morning = ("--json", "--home", home, "--now", "2025-06-13T09:00+08:00")
    assert cli(*next_morning, "alert", "send", "--unreviewed").data["counts"]["n_sent"] == len(mails(home)) > 0
    report = cli("--json", "--home", home, "--now", "2025-07-01T09:00+08:00", "report", "--month", "2025-06")
    assert report.code in {0, 1}, report.err
    assert report.data["counts"]["n_symbols"] > 0
    assert cli(*here, "publish").code == 0


def test_without_a_relation_the_machines_finding_is_confirmed_as_it_is(cli: Cli, home: Path) -> None:
    found = rows(
        home,
        "SELECT m.notification_id, l.exporter_id, l.product_name FROM matches AS m "
        "JOIN product_lines AS l USING (line_id) WHERE m.relation = 'indirect' LIMIT 1",
    )
    notification, exporter, product = found[0]
    call = ("--json", "--home", home, "--now", AT_ONCE, "judge", notification, exporter, "--by", "岗", "--product")
    assert set(cli(*call, product).data["relations"]) == {"indirect"}
    other = rows(
        home,
        "SELECT product_name FROM product_lines WHERE exporter_id = ? AND line_id NOT IN "
        "(SELECT line_id FROM matches WHERE notification_id = ? AND relation <> 'none')",
        exporter,
        notification,
    )
    for (name,) in other[:1]:
        refused = cli(*call, name)
        assert refused.code == 2
        assert "--relation" in refused.err
