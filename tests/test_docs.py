"""The documents say what the program does: generated ones are current, links resolve, commands exist, questions run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[1]
PROSE = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
QUERIES = sorted((ROOT / "docs" / "queries").glob("*.sql"))
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
CODE = re.compile(r"^```\w*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"(?:^|[\s/])tbtwatch((?: +[^\s|#;]+)*)", re.MULTILINE)


def _load(path: Path) -> ModuleType:
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def make_docs() -> ModuleType:
    return _load(ROOT / "tools" / "make_docs.py")


@pytest.fixture(scope="module")
def names(make_docs: ModuleType) -> set[str]:
    """Full names of all commands: "import exporters", "match", ..."""
    return {" ".join(path[1:]) for path, _ in make_docs.commands()}


@pytest.fixture(scope="module")
def options(make_docs: ModuleType) -> dict[str, set[str]]:
    return {
        " ".join(path[1:]): {name for p in command.params for name in (*p.opts, *p.secondary_opts) if name[:2] == "--"}
        for path, command in make_docs.commands()
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published copy of a demo run, read as an analyst reads it."""
    home = tmp_path_factory.mktemp("docs-demo")
    (home / "tbtwatch.toml").write_text('[match]\nencoder = "hashing"\n', encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-P", "-m", "pipeline", "--home", str(home), "demo", "--folder", str(home)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    with duckdb.connect(str(home / "publish" / "current.duckdb"), read_only=True) as con:
        yield con


def test_generated_documents_are_current(make_docs: ModuleType) -> None:
    assert make_docs.stale(make_docs.documents(), ROOT) == []


def test_a_stale_document_is_noticed(make_docs: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "same.md").write_text("new\n", encoding="utf-8")
    (tmp_path / "old.md").write_text("old\n", encoding="utf-8")
    made = {"same.md": "new\n", "old.md": "new\n", "missing.md": "new\n"}
    assert make_docs.stale(made, tmp_path) == ["old.md", "missing.md"]


def test_every_column_of_the_dictionary_is_explained(make_docs: ModuleType) -> None:
    rows = re.findall(r"^\| `(\w+)` \| `[^`]+` \| *(.*?) *\|$", make_docs.dictionary_document(), re.MULTILINE)
    assert len(rows) > 200
    assert [name for name, meaning in rows if not meaning] == []


def test_no_contact_is_described_as_published(make_docs: ModuleType) -> None:
    published, _, own = make_docs.dictionary_document().partition("\n## The warehouse\n")
    assert "### contacts" in own
    assert "email" not in published


def test_every_setting_is_listed(make_docs: ModuleType) -> None:
    text = make_docs.settings_document()
    sections = make_docs.Settings.model_fields
    keys = [f"TBTWATCH_{s}__{k}".upper() for s, f in sections.items() for k in f.annotation.model_fields]
    assert keys
    assert [key for key in keys if f"`{key}`" not in text] == []


@pytest.mark.parametrize("document", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_resolve(document: Path) -> None:
    broken = []
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name) if name else document
        if not path.exists() or (anchor and anchor not in _anchors(path)):
            broken.append(target)
    assert broken == []


def _anchors(path: Path) -> set[str]:
    """Anchors as GitHub makes them from headings."""
    headings = re.findall(r"^#+ +(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_path_of_one_machine(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.])/(?:work|root|tmp|home|Users)/\S+", text) == []


@pytest.mark.parametrize("document", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_documents_exist(document: Path, names: set[str], options: dict[str, set[str]]) -> None:
    wrong = []
    for words in _calls(document):
        call = _without_globals(words.split())
        if not call or not re.fullmatch(r"[a-z]+", call[0]):
            continue  # a file's name, or the help of the program itself
        name = next((n for n in (" ".join(call[:2]), call[0]) if n in names), None)
        is_group = any(known.startswith(call[0] + " ") for known in names) and len(call) == 1
        used = {word for word in call if word.startswith("--")}
        if name is None:
            wrong += [] if is_group else [" ".join(call)]
        elif used - options[name]:
            wrong.append(f"{name}: {used - options[name]}")
    assert wrong == []


def test_calls_are_found() -> None:
    found = [" ".join(_without_globals(words.split())) for words in _calls(ROOT / "README.md")]
    assert "import exporters LIST.xlsx" in found
    assert len(found) >= 6


def _calls(document: Path) -> list[str]:
    """What follows the program's name in code blocks and code spans."""
    blocks = CODE.findall(document.read_text(encoding="utf-8"))
    return [words for block, span in blocks for words in CALL.findall(block or span)]


def _without_globals(words: list[str]) -> list[str]:
    rest = list(words)
    while rest and rest[0].startswith("--"):
        has_value = rest[0] in {"--home", "--now"}
        del rest[: 2 if has_value else 1]
    return rest


FOR_DEVELOPERS = {"new-source"}  # told in docs/sources.md


@pytest.mark.parametrize(
    ("document", "left_out"), [("docs/cli.md", set()), ("docs/user.zh-CN.md", FOR_DEVELOPERS)], ids=str
)
def test_every_command_is_described(document: str, left_out: set[str], names: set[str]) -> None:
    text = re.sub(r"--home +\S+ +|--now +\S+ +", "", (ROOT / document).read_text(encoding="utf-8"))
    assert sorted(name for name in names - left_out if f"tbtwatch {name}" not in text) == []


@pytest.mark.parametrize("document", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_make_targets_in_documents_exist(document: Path) -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    used = re.findall(r"(?:`|^|&& )make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(used) <= known


def test_contributing_lists_every_target() -> None:
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert sorted(name for name in known if f"`make {name}`" not in text) == []


def test_the_picture_is_small() -> None:
    picture = ROOT / "docs" / "images" / "bulletin-page1.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 200_000


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_question_is_answered(query: Path, copy: duckdb.DuckDBPyConnection) -> None:
    rows = copy.execute(query.read_text(encoding="utf-8")).fetchall()
    assert rows, "the sample has an answer to every question"
    assert f"queries/{query.name}" in (ROOT / "docs" / "analyst.md").read_text(encoding="utf-8")


def test_member_counts_agree_with_the_notifications(copy: duckdb.DuckDBPyConnection) -> None:
    rows = _answer(copy, "01_measures_per_member")
    stated = copy.execute("SELECT sum(len(list_distinct(member_codes))) FROM notifications").fetchall()[0][0]
    assert sum(row[2] for row in rows) == stated
    assert all(0 <= row[3] <= row[2] for row in rows)
    assert all(row[1] for row in rows), "every member of the sample has a Chinese name"


def test_battery_question_finds_the_headings_notifications(copy: duckdb.DuckDBPyConnection) -> None:
    codes = copy.execute("SELECT symbols[1], hs_codes FROM notifications").fetchall()
    expected = {symbol for symbol, hs in codes if any(code.startswith("8507") for code in hs)}
    assert {row[0] for row in _answer(copy, "02_batteries_by_member")} == expected


def test_exposure_counts_a_line_once_a_member(copy: duckdb.DuckDBPyConnection) -> None:
    whole = copy.execute("SELECT sum(annual_export_cny_10k) FROM product_lines WHERE closed_at IS NULL").fetchall()[0][
        0
    ]
    by_member: dict[str, float] = {}
    for _, member, _, value in _answer(copy, "03_exposure_by_chain_and_market"):
        by_member[member] = by_member.get(member, 0.0) + (value or 0.0)
    assert by_member
    assert max(by_member.values()) <= whole


def test_response_times_follow_the_demo(copy: duckdb.DuckDBPyConnection) -> None:
    rows = _answer(copy, "05_response_times")
    told = [row[4] for row in rows if row[4] is not None]
    assert len(rows) == copy.execute("SELECT count(*) FROM cases").fetchall()[0][0]
    assert set(told) == {24.0}, "collected on 29 June 09:00, told on 30 June 09:00"


def _answer(con: duckdb.DuckDBPyConnection, name: str) -> list[Any]:
    return con.execute((ROOT / "docs" / "queries" / f"{name}.sql").read_text(encoding="utf-8")).fetchall()
