"""`tbtwatch titles`: out to a workbook, back in, set one by one, translated by a service; and where the titles show."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from case_office import BY, JOINT, LAMP, OLD, ONE, TWO, at, bring, hours, open_four_cases, rows
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pytest_httpserver import HTTPServer
from warehouse_sample import match, notification
from werkzeug import Request, Response

from models.translation.translator import ForeignTitle, Translated
from pipeline.chinese_titles import chinese_titles
from pipeline.config import Settings, TranslateSettings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.steps.show_case import describe_case, show_case
from pipeline.steps.titles import export_titles, import_titles, make_translator, set_title, translate_titles
from warehouse.connection import open_reader
from warehouse.errors import InputError, StageError
from warehouse.facts import read_notifications
from warehouse.records import NotificationKind
from warehouse.translations import BestTitle, TitleKind

FILL = "H"
ADD = f"{ONE}/Add.3"
MONTH = "2026-03"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four cases; the second is about fans, and an addendum of the first lists laboratories."""
    home = tmp_path_factory.mktemp("titles")
    open_four_cases(home)
    bring(
        home,
        hours(home, 1).now,
        notification(TWO, title="=Draft rule on fans", description="Fans.\nAll of them.", lang="en"),
        notification(ADD, kind=NotificationKind.ADDENDUM, title="List of laboratories", lang="en"),
        matched=(match(TWO, LAMP),),
    )
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "home"))


def exported(home: Path, month: str = "") -> tuple[Path, Worksheet]:
    path = home / "titles.xlsx"
    path.unlink(missing_ok=True)
    export_titles(hours(home, 2), path, month=month)
    return path, load_workbook(path)["标题翻译"]


def listed(sheet: Worksheet) -> dict[str, int]:
    """Row number by original title."""
    return {str(sheet.cell(row, 4).value): row for row in range(2, sheet.max_row + 1)}


def fill(path: Path, **texts: str) -> Path:
    """Write texts into cells by address."""
    book = load_workbook(path)
    for address, text in texts.items():
        book["标题翻译"][address] = text
    book.save(path)
    return path


def best(home: Path, *keys: str) -> dict[str, BestTitle]:
    with open_reader(home / "warehouse.duckdb") as con:
        return chinese_titles(con, read_notifications(con, keys))


class Machine:
    """A translator that knows a few titles and keeps what it was told."""

    name = "test-model"

    def __init__(self, known: dict[str, str], fails_at: int = 99) -> None:
        self.told: list[ForeignTitle] = []
        self._known, self._fails_at = known, fails_at

    def translate(self, titles: Any) -> list[Translated]:
        if len(self.told) >= self._fails_at:
            raise StageError("翻译服务没有受理（HTTP 503）", "请稍后重试。")
        self.told += titles
        return [Translated(title_zh=self._known.get(t.title, ""), refused="不会译") for t in titles]


def test_each_title_stands_once_with_what_is_known_of_it(home: Path) -> None:
    _, sheet = exported(home)
    found = listed(sheet)
    assert set(found) == {"Draft rule on lamps", "=Draft rule on fans", "List of laboratories"}
    lamps, fans = found["Draft rule on lamps"], found["=Draft rule on fans"]
    assert {ONE, JOINT, OLD} <= set(str(sheet.cell(lamps, 1).value).split("\n"))
    assert sheet.cell(fans, 3).value == "英文"
    assert sheet.cell(fans, 5).value == "Fans. All of them."
    assert sheet.cell(fans, 7).value == "待译（按已知要素拼成）"
    assert "规则" in str(sheet.cell(fans, 6).value)
    assert sheet.cell(fans, 4).data_type == "s"  # no formula
    assert sheet.cell(fans, 8).value is None
    assert not sheet.cell(fans, 8).protection.locked


def test_a_month_has_its_own_titles(home: Path) -> None:
    bring(home, hours(home, 1).now, notification("G/TBT/N/ATL/55", title="Toys", distribution_date=date(2026, 4, 2)))
    assert "Toys" not in listed(exported(home, MONTH)[1])
    with pytest.raises(InputError, match="月份"):
        export_titles(hours(home, 2), home / "other.xlsx", month="March")


def test_a_filled_workbook_is_taken_once(home: Path) -> None:
    path, sheet = exported(home)
    found = listed(sheet)
    fill(path, **{f"{FILL}{found['Draft rule on lamps']}": " 灯具\n法规草案 "})
    run, problems = import_titles(hours(home, 3), path, by=BY)
    assert problems == ()
    assert (run.counts["n_applied"], run.counts["n_blank"]) == (1, 2)
    titles = best(home, ONE, f"{JOINT}/Add.1", OLD, ADD)
    ours = BestTitle(text="灯具 法规草案", kind=TitleKind.OFFICER, by=BY)
    assert [titles[key] for key in (ONE, f"{JOINT}/Add.1", OLD)] == [ours] * 3
    assert titles[ADD].kind is TitleKind.PENDING
    again, _ = import_titles(hours(home, 4), path, by=BY)
    assert (again.counts["n_applied"], again.counts["n_repeated"], again.counts["n_refused"]) == (0, 1, 0)
    assert rows(home, "SELECT count(*) FROM title_translations") == [(1,)]
    assert "Draft rule on lamps" not in listed(exported(home)[1])


def test_bad_cells_are_refused_one_by_one(home: Path) -> None:
    path, sheet = exported(home)
    found = listed(sheet)
    lamps, fans, lists = (found[t] for t in ("Draft rule on lamps", "=Draft rule on fans", "List of laboratories"))
    last = sheet.max_row
    fill(
        path,
        **{
            f"{FILL}{lamps}": '=A1&"灯"',
            f"{FILL}{fans}": "Fans!",
            f"{FILL}{lists}": "实验室名单",
            f"{FILL}{last + 1}": "新插入的行",
        },
    )
    run, problems = import_titles(hours(home, 3), path, by=BY)
    assert {(p.cell, p.message) for p in problems} == {
        (f"{FILL}{lamps}", "是公式，不能导入"),
        (f"{FILL}{fans}", "译名不是中文"),
        (f"{FILL}{last + 1}", "本行没有通报标识，可能是新插入的行"),
    }
    assert all(p.next_step for p in problems)
    assert (run.counts["n_applied"], run.outcome) == (1, "findings")
    assert best(home, ADD)[ADD].text == "实验室名单"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("List of laboratories", "与原文标题相同"),
        ("#REF!", "是错误值"),
        ("实" * 301, "译名共301字，超过300字"),
    ],
)
def test_what_is_no_title_is_refused(home: Path, text: str, message: str) -> None:
    path, sheet = exported(home)
    fill(path, **{f"{FILL}{listed(sheet)['List of laboratories']}": text})
    _, [problem] = import_titles(hours(home, 3), path, by=BY)
    assert problem.message == message


def test_a_title_that_changed_or_was_translated_meanwhile_is_stale(home: Path) -> None:
    path, sheet = exported(home)
    found = listed(sheet)
    fill(path, **{f"{FILL}{found['=Draft rule on fans']}": "风扇", f"{FILL}{found['List of laboratories']}": "名单一"})
    set_title(hours(home, 3), ADD, "名单二", by="乙")
    bring(home, hours(home, 3).now, notification(TWO, title="Draft rule on pumps"))
    _, problems = import_titles(hours(home, 4), path, by=BY)
    assert {problem.message.partition("：")[0] for problem in problems} == {
        "原文标题与系统中的不一致",
        "导出后已有人工译名",
    }
    assert best(home, ADD)[ADD].text == "名单二"


def test_rows_of_unknown_or_repeated_titles_are_refused(home: Path) -> None:
    path, sheet = exported(home)
    first, second, third = range(2, 5)
    same = str(sheet.cell(first, 9).value)
    fill(path, I3=same, I4="G/TBT/N/NO/1", H2="译名一", H3="译名二", H4="译名三", D3=str(sheet.cell(first, 4).value))
    _, problems = import_titles(hours(home, 3), path, by=BY)
    assert {problem.cell: problem.message for problem in problems} == {
        f"H{first}": "同一标题在第2、3行重复填写",
        f"H{second}": "同一标题在第2、3行重复填写",
        f"H{third}": "没有这件通报",
    }


def test_a_file_that_is_no_workbook_of_titles_is_refused(home: Path, tmp_path: Path) -> None:
    path, _ = exported(home)
    torn = tmp_path / "torn.xlsx"
    torn.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(InputError):
        import_titles(hours(home, 3), torn, by=BY)
    book = load_workbook(path)
    book["标题翻译"]["H1"] = "译文"
    book.save(path)
    with pytest.raises(InputError, match="缺少列：“中文译名”"):
        import_titles(hours(home, 3), path, by=BY)
    with pytest.raises(InputError, match="文件已存在"):
        export_titles(hours(home, 3), path)
    with pytest.raises(InputError, match="翻译人不能为空"):
        import_titles(hours(home, 3), path, by=" ")


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_the_workbook_survives_another_program(home: Path, tmp_path: Path) -> None:
    path, sheet = exported(home)
    fill(path, **{f"{FILL}{listed(sheet)['=Draft rule on fans']}": "风扇规则草案"})
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(path)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    _, problems = import_titles(hours(home, 3), tmp_path / "saved" / path.name, by=BY)
    assert problems == ()
    assert best(home, TWO)[TWO].text == "风扇规则草案"


def test_one_title_is_set_by_its_symbol(home: Path) -> None:
    _, title = set_title(hours(home, 3), "g/tbt/n/atl/1", "灯具 法规", by=BY)
    assert title == BestTitle(text="灯具 法规", kind=TitleKind.OFFICER, by=BY)
    for text, words in (("Lamps", "不是中文"), ("灯" * 301, "301字"), ("", "不是中文")):
        with pytest.raises(InputError, match=words):
            set_title(hours(home, 3), ONE, text, by=BY)
    bring(home, hours(home, 3).now, notification(ONE, title="灯具安全要求", lang="zh"))
    with pytest.raises(InputError, match="即为中文"):
        set_title(hours(home, 4), ONE, "灯具", by=BY)


def test_a_machine_is_told_titles_and_summaries_alone(home: Path) -> None:
    machine = Machine({"Draft rule on lamps": "灯具法规草案", "=Draft rule on fans": "风扇法规草案"})
    run = translate_titles(hours(home, 3), translator=machine)
    assert {(t.title, t.lang, t.description) for t in machine.told} == {
        ("Draft rule on lamps", "", ""),
        ("=Draft rule on fans", "en", "Fans.\nAll of them."),
        ("List of laboratories", "en", ""),
    }
    assert run.counts == {"n_wanted": 3, "n_translated": 2, "n_refused": 1}
    assert [issue.subject for issue in run.issues] == [ADD]
    assert run.outcome == "done"
    assert best(home, JOINT)[JOINT].marked == "灯具法规草案（机器翻译）"
    again = Machine({})
    translate_titles(hours(home, 4), translator=again)
    assert [t.title for t in again.told] == ["List of laboratories"]
    _, sheet = exported(home)
    assert sheet.cell(listed(sheet)["Draft rule on lamps"], 7).value == "机器翻译：test-model"


def test_what_was_translated_before_a_failure_is_kept(home: Path) -> None:
    extra = [notification(f"G/TBT/N/ATL/{n}", title=f"Rule {n}") for n in range(100, 110)]
    bring(home, hours(home, 2).now, *extra)
    machine = Machine({f"Rule {n}": f"第{n}号规则" for n in range(100, 110)}, fails_at=8)
    with pytest.raises(StageError, match=r"HTTP 503.*已译出[1-8]条并保存，另有5条未译"):
        translate_titles(hours(home, 3), month=MONTH, translator=machine)
    assert rows(home, "SELECT count(*) > 0 FROM title_translations") == [(True,)]
    assert rows(home, "SELECT outcome FROM runs WHERE step = 'titles-translate'") == [("failed",)]


def test_the_settings_name_the_translator(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有配置翻译工具"):
        make_translator(TranslateSettings())
    service = TranslateSettings(by="http", url="https://llm.example/v1", model="m")
    assert make_translator(service).name == "m@llm.example"
    with pytest.raises(InputError, match="没有这个翻译模型文件夹"):
        make_translator(TranslateSettings(by="local", model=str(tmp_path / "none")))


def test_a_service_translates_over_real_http(home: Path, tmp_path: Path, httpserver: HTTPServer) -> None:
    bodies: list[str] = []

    def answer(request: Request) -> Response:
        bodies.append(request.get_data(as_text=True))
        said = json.loads(bodies[-1])["messages"][1]["content"]
        text = "灯具法规草案" if "lamps" in said else "实验室名单" if "laboratories" in said else "风扇法规草案"
        return Response(json.dumps({"choices": [{"message": {"content": text}}]}), content_type="application/json")

    httpserver.expect_request("/v1/chat/completions").respond_with_handler(answer)
    key = tmp_path / "key"
    key.write_text("geheim\n")
    key.chmod(0o600)
    settings = Settings(
        translate=TranslateSettings(by="http", url=httpserver.url_for("/v1"), model="m", api_key_file=str(key))
    )
    run = translate_titles(Context(home=Home(home), now=hours(home, 3).now, settings=settings))
    assert run.counts["n_translated"] == 3
    assert [request.headers["Authorization"] for request, _ in httpserver.log] == ["Bearer geheim"] * 3
    with open_reader(home / "warehouse.duckdb") as con:
        firms = [str(row[0]) for row in con.execute("SELECT name FROM exporters").fetchall()]
    assert len(firms) == 2
    assert not [firm for firm in firms if any(firm in body for body in bodies)]


def test_a_case_shows_what_counts_and_how_sure_it_is(home: Path) -> None:
    def titles() -> list[str]:
        lines = describe_case(show_case(at(home, hours(home, 5).now), ONE), hours(home, 5).now)
        return [line for line in lines if line.startswith(("标题", "原题"))]

    first, original = titles()
    assert first.endswith("（待译）")
    assert original == "原题：Draft rule on lamps"
    translate_titles(hours(home, 3), translator=Machine({"Draft rule on lamps": "灯具法规草案"}))
    assert titles()[0] == "标题：灯具法规草案（机器翻译）"
    set_title(hours(home, 4), ONE, "灯具条例草案", by=BY)
    assert titles()[0] == "标题：灯具条例草案"


def test_the_commands_say_what_they_did(home: Path, cli: Any, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    now = ("--home", home, "--now", "2026-03-10T20:00+08:00")
    assert "导出标题 3" in cli(*now, "titles", "export", path).out
    fill(path, H2="译名", H3="x")
    done = cli(*now, "titles", "import", path, "--by", BY)
    assert done.code == 1
    assert "已采用 1，此前已导入 0，未填写 1，未采用（见下） 1" in done.out
    assert "H3 单元格：译名不是中文" in done.out
    done = cli(*now, "--json", "titles", "set", ONE, "--text", "灯具", "--by", BY)
    assert (done.code, done.data["title_zh"], done.data["by"]) == (0, "灯具", BY)
    done = cli(*now, "titles", "translate", "--month", MONTH)
    assert (done.code, "没有配置翻译工具" in done.err) == (2, True)
