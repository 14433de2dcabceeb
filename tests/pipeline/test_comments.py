"""通报评议 by the command line: the steps, the dossier as Word reads it, the deadlines as a calendar has them."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import docx
import pytest
from icalendar import Calendar, Event

from pipeline.acts import Act, Conclusion
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.steps.case_acts import act_on_case, conclude_case
from pipeline.steps.comments import write_calendar
from pipeline.steps.open_cases import update_cases
from warehouse.connection import open_reader, open_writer
from warehouse.records import NotificationKind

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))
from warehouse_sample import exporter, line, load, match, notification, register, store

START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, TWO, PAST, OLD = "G/TBT/N/ATL/1", "G/TBT/N/ATL/2", "G/TBT/N/ATL/3", "G/TBT/N/ATL/9"
CORRECTED = f"{ONE}/Corr.1"
LAMP, SOCKET = line("E1", "台灯"), line("E2", "灯座")
FIRM_1, FIRM_2 = "虚构光电E1有限公司", "虚构光电E2有限公司"
BY = "技贸科甲岗"
Do = Callable[..., Any]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a case of two firms, one of one firm, one without time for comments, and a backfill."""
    home = tmp_path_factory.mktemp("comments") / "home"
    past = notification(PAST, comment_deadline=date(2026, 3, 9))
    old = notification(OLD, distribution_date=date(2025, 1, 5))
    corrected = notification(CORRECTED, kind=NotificationKind.CORRIGENDUM)
    with open_writer(home / "warehouse.duckdb") as con:
        register(con, START, exporter("E1", "台灯"), exporter("E2", "灯座"))
        load(con, home / "landing", START, notification(ONE), corrected, notification(TWO), past, old)
        store(
            con, START, match(ONE, LAMP), match(ONE, SOCKET), match(TWO, LAMP), match(PAST, LAMP), match(OLD, LAMP)
        )  # fmt: skip
    update_cases(at(home, 0))
    return home


@pytest.fixture(scope="module")
def untouched(office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy to which every test of what is refused does nothing but runs in the ledger."""
    return Path(shutil.copytree(office, tmp_path_factory.mktemp("untouched") / "home"))


@pytest.fixture
def home(office: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(office, tmp_path / "home"))


def at(home: Path, n: float) -> Context:
    return Context(home=Home(home), now=START + n * HOUR, settings=Settings())


def run(cli: Any, home: Path, n: float, *arguments: object) -> Any:
    return cli("--home", home, "--now", f"{START + n * HOUR:%Y-%m-%dT%H:%M:%S%z}", *arguments)


def comment(cli: Any, home: Path, n: float, step: str, text: str, value: str = "", case_id: str = ONE) -> Any:
    more = ("--value", value) if value else ()
    return run(cli, home, n, "case", "comment", case_id, "--step", step, "--text", text, "--by", BY, *more)


def written(home: Path) -> list[tuple[Any, ...]]:
    with open_reader(home / "warehouse.duckdb") as con:
        return con.execute(
            "SELECT kind, code, actor, detail FROM case_events WHERE actor <> 'machine' ORDER BY occurred_at"
        ).fetchall()


@pytest.fixture(scope="module")
def worked(office: Path, cli: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same home with every step of comment work done to the first case, an hour apart."""
    home = Path(shutil.copytree(office, tmp_path_factory.mktemp("worked") / "home"))
    steps = (
        ("decide", "多家企业受影响", "yes"),
        ("request", "已发函征求2家企业意见", ""),
        ("receive", "标签高度大于可用表面", "E1"),
        ("submit", "随函报送评议意见稿", "customs"),
        ("submit", "按要求抄送", "base"),
        ("submit", "经海关转报", "centre"),
        ("answer", "对方答复将延长过渡期", ""),
    )
    for n, (step, text, value) in enumerate(steps, start=1):
        done = comment(cli, home, n, step, text, value)
        assert done.code == 0, done.err
        assert ONE in done.out
    propose = ("concern", ONE, "--propose", "--text", "过渡期过短")
    for n, arguments in enumerate(
        ((*propose,), ("concern", ONE, "--link", "TBT-345", "--text", "内容相近"),
         ("consult", ONE, "--firm", "E2", "--text", "电话会商")), start=10,
    ):  # fmt: skip
        assert run(cli, home, n, "case", *arguments, "--by", BY).code == 0
    return home


# steps


def test_every_step_is_one_event_with_who_and_what(worked: Path) -> None:
    assert written(worked) == [
        ("comment-decided", "yes", BY, "多家企业受影响"),
        ("comment-requested", "", BY, "已发函征求2家企业意见"),
        ("comment-received", "E1", BY, "标签高度大于可用表面"),
        ("comment-submitted", "customs", BY, "随函报送评议意见稿"),
        ("comment-submitted", "base", BY, "按要求抄送"),
        ("comment-submitted", "centre", BY, "经海关转报"),
        ("comment-answered", "", BY, "对方答复将延长过渡期"),
        ("concern-proposed", "", BY, "过渡期过短"),
        ("concern-linked", "TBT-345", BY, "内容相近"),
        ("consulted", "E2", BY, "电话会商"),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("comment", ONE, "--step", "send", "--text", "x"), "--step 不能写“send”"),
        (("comment", ONE, "--step", "decide", "--text", "x"), "--value 不能写“”"),
        (("comment", ONE, "--step", "decide", "--value", "maybe", "--text", "x"), "可选：yes、no、undecided"),
        (("comment", ONE, "--step", "submit", "--value", "wto", "--text", "x"), "可选：customs、base、centre"),
        (("comment", ONE, "--step", "receive", "--text", "x"), "企业编号"),
        (("comment", ONE, "--step", "receive", "--value", "E9", "--text", "x"), "企业清单中没有：E9"),
        (("comment", ONE, "--step", "request", "--text", " "), "内容不能为空"),
        (("comment", "G/TBT/N/ZZZ/1", "--step", "request", "--text", "x"), "没有这个案件"),
        (("concern", ONE, "--text", "x"), "--link 编号或 --propose"),
        (("concern", ONE, "--link", "TBT-1", "--propose", "--text", "x"), "--link 编号或 --propose"),
        (("concern", ONE, "--link", " ", "--text", "x"), "编号"),
        (("consult", ONE, "--firm", "E9", "--text", "x"), "企业清单中没有：E9"),
    ],
)
def test_a_wrong_value_is_refused_with_words_and_code_2(
    untouched: Path, cli: Any, arguments: tuple[str, ...], words: str
) -> None:
    before = written(untouched)
    done = run(cli, untouched, 5, "case", *arguments, "--by", BY)
    assert (done.code, "Traceback" in done.err) == (2, False)
    assert words in done.err
    assert written(untouched) == before


def test_who_decided_not_to_comment_must_decide_otherwise_first(home: Path, cli: Any) -> None:
    act_on_case(at(home, 1), ONE, Act(kind="comment-decided", code="no", actor=BY, detail="影响不大"))
    refused = comment(cli, home, 2, "request", "发函")
    assert refused.code == 2
    assert "--step decide --value yes" in refused.err
    assert comment(cli, home, 3, "decide", "企业来电", "yes").code == 0
    assert comment(cli, home, 4, "request", "发函").code == 0


# the dossier


def dossier(cli: Any, home: Path, folder: Path, *options: str, case_id: str = ONE) -> Any:
    path = folder / "new" / "评议材料.docx"
    done = run(cli, home, 20, "case", "dossier", case_id, path, *options)
    assert done.code == 0, done.err
    return docx.Document(str(path))


def tables(document: Any) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def text(document: Any) -> str:
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    return "\n".join([*paragraphs, *(cell for table in tables(document) for row in table for cell in row)])


def table_with(document: Any, header: str) -> list[list[str]]:
    return next(table for table in tables(document) if any(header in cell for cell in table[0]))


@pytest.fixture(scope="module")
def public(worked: Path, cli: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The public dossier of the case to which everything was done."""
    return dossier(cli, worked, tmp_path_factory.mktemp("public"))


def test_the_public_dossier_says_what_is_known_and_names_no_firm(public: Any) -> None:
    document = public
    said = text(document)
    for words in (
        ONE,
        CORRECTED,
        "台灯",
        "灯座",
        "标签高度大于可用表面",
        "多家企业受影响",
        "过渡期过短",
        "2026年5月4日",
    ):
        assert words in said
    assert "企业1" in said
    assert "（待填）" in said
    assert FIRM_1 not in said
    assert FIRM_2 not in said
    assert not any("有限公司".encode() in part.blob for part in document.part.package.iter_parts())


def test_firm_names_stand_in_the_internal_dossier_only(worked: Path, cli: Any, tmp_path: Path) -> None:
    said = text(dossier(cli, worked, tmp_path, "--firm-names"))
    assert FIRM_1 in said
    assert FIRM_2 in said
    assert "企业1" not in said
    assert "内部资料" in said


def test_marks_and_losses_of_firms_stand_in_the_internal_dossier_only(worked: Path, cli: Any, tmp_path: Path) -> None:
    home = Path(shutil.copytree(worked, tmp_path / "home"))
    with open_writer(home / "warehouse.duckdb") as con:
        key, sample = exporter("E1", "台灯", is_negotiation_key=True), exporter("E2", "灯座", is_survey_sample=True)
        register(con, START, key, sample)
    for n, loss in ((20, "77"), (21, "5.5")):
        impact = ("case", "impact", ONE, "--firm", "E1", "--loss", loss, "--text", "退运", "--by", BY)
        assert run(cli, home, n, *impact).code == 0
    said = text(dossier(cli, home, tmp_path / "internal", "--firm-names"))
    assert f"{FIRM_1}〔重点〕" in said
    assert f"{FIRM_2}〔样本〕" in said
    assert "直接损失5.5万元" in said
    assert "77" not in said
    shared = text(dossier(cli, home, tmp_path / "public"))
    assert "〔重点〕" not in shared
    assert "直接损失" not in shared


def test_each_recipient_has_one_line_with_the_words_of_its_submission(public: Any) -> None:
    rows = table_with(public, "报送")[1:]
    assert len(rows) == 3
    assert {row[1] for row in rows} == {"已报送"}
    assert [row[4] for row in rows] == ["随函报送评议意见稿", "按要求抄送", "经海关转报"]


def test_before_any_step_the_dossier_leaves_to_the_officer_what_is_the_officers(
    office: Path, cli: Any, tmp_path: Path
) -> None:
    document = dossier(cli, office, tmp_path)
    assert [row[1] for row in table_with(document, "报送")[1:]] == ["未报送"] * 3
    assert "企业1" not in text(document)


def test_a_firm_of_the_register_that_the_case_does_not_concern_is_named_all_the_same(
    home: Path, cli: Any, tmp_path: Path
) -> None:
    assert comment(cli, home, 1, "receive", "我公司拟出口该产品", "E2", TWO).code == 0
    said = text(dossier(cli, home, tmp_path, "--firm-names", case_id=TWO))
    assert "我公司拟出口该产品" in said
    assert FIRM_2 in said


def test_a_firm_named_in_an_opinion_keeps_the_public_dossier_from_being_written(
    home: Path, cli: Any, tmp_path: Path
) -> None:
    assert comment(cli, home, 1, "receive", f"{FIRM_1}认为过严", "E1").code == 0
    done = run(cli, home, 2, "case", "dossier", ONE, tmp_path / "a.docx")
    assert done.code == 2
    assert not (tmp_path / "a.docx").exists()


# the calendar


def entries(cli: Any, home: Path, n: float, path: Path) -> dict[tuple[str, str], Any]:
    """What a calendar program finds: (words, case) -> day or moment."""
    done = run(cli, home, n, "--json", "calendar", path)
    assert done.code == 0, done.err
    events = [event for event in Calendar.from_ical(path.read_bytes()).walk("VEVENT") if isinstance(event, Event)]
    assert done.data["n_entries"] == len(events) == len({str(event["UID"]) for event in events})
    found = {tuple(str(event["SUMMARY"]).split("：")): event.decoded("DTSTART") for event in events}
    assert len(found) == len(events)
    return found  # type: ignore[return-value]


def test_every_open_milestone_and_every_date_ahead_is_one_entry(office: Path, cli: Any, tmp_path: Path) -> None:
    found = entries(cli, office, 1, tmp_path / "new" / "时限.ics")
    assert {words: when for (words, case_id), when in found.items() if case_id == ONE} == {
        "研判时限": START + 24 * HOUR,
        "企业告知时限": START + 48 * HOUR,
        "应对建议时限": START + 72 * HOUR,
        "企业反馈意见截止": date(2026, 4, 4),
        "评议意见报送截止": date(2026, 4, 13),
        "评议最后工作日": date(2026, 4, 28),
        "评议截止": date(2026, 5, 4),
    }
    # the time for comments is over, the clock runs
    assert {words for words, case_id in found if case_id == PAST} == {"研判时限", "企业告知时限", "应对建议时限"}
    assert {case_id for _, case_id in found} == {ONE, TWO, PAST}, "a backfill has no entry"


def test_what_is_done_has_no_entry_and_a_closed_case_none_at_all(home: Path, cli: Any, tmp_path: Path) -> None:
    conclude_case(at(home, 2), ONE, Conclusion(conclusion="warning", actor=BY))
    act_on_case(at(home, 3), TWO, Act(kind="closed", actor=BY, code="done", detail="已办结"))
    conclude_case(at(home, 3), PAST, Conclusion(conclusion="none", actor=BY, reason="我市无该类产品"))
    found = entries(cli, home, 4, tmp_path / "时限.ics")
    assert {case_id for _, case_id in found} == {ONE}
    assert ("研判时限", ONE) not in found
    assert ("企业告知时限", ONE) in found
    assert len(found) == 6


def test_the_same_moment_gives_the_same_calendar_and_a_moved_one_the_same_names(office: Path, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.ics" for n in range(3)]
    for path, n in zip(paths, (1, 1, 30), strict=True):
        write_calendar(at(office, n), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    names = [{str(event["UID"]) for event in Calendar.from_ical(path.read_bytes()).walk("VEVENT")} for path in paths]
    assert names[0] == names[2]
