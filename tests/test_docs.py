"""The documents say what the program does: generated ones are current, links resolve, commands exist, questions run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import duckdb
import pytest

from pipeline.steps.query_copy import shown
from warehouse.questions import bind, find_question, questions

ROOT = Path(__file__).resolve().parents[1]
PROSE = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
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


def test_every_worked_question_is_listed_as_it_stands() -> None:
    text = (ROOT / "docs" / "analyst.md").read_text(encoding="utf-8")
    for question in questions():
        assert f"[{question.name}](../warehouse/sql/questions/{question.file_name}.sql) | {question.question} |" in text


def test_the_sql_that_analysts_are_shown_runs_and_has_rows(copy: duckdb.DuckDBPyConnection) -> None:
    text = (ROOT / "docs" / "analyst.md").read_text(encoding="utf-8")
    blocks = [block for block in re.findall(r"^```sql\n(.*?)^```", text, re.MULTILINE | re.DOTALL) if "$" not in block]
    assert len(blocks) >= 2
    for statement in (part for block in blocks for part in block.split(";") if part.strip()):
        # the demo begins on 29 June
        assert copy.execute(statement.replace("2026-06-15", "2026-06-30")).fetchall(), statement


def test_questions_told_in_full_are_the_files_and_their_answers_those_of_the_demo(
    copy: duckdb.DuckDBPyConnection,
) -> None:
    text = (ROOT / "docs" / "analyst.md").read_text(encoding="utf-8")
    found = re.findall(r"^<!-- result: (\w+)(.*?) -->\n\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert len(found) == 3
    for name, parameters, table in found:
        question = find_question(name)
        assert f"```sql\n{question.text.rstrip()}\n```" in text
        copy.execute(question.text, bind(question, dict(pair.split("=") for pair in parameters.split())))
        columns = [str(column[0]) for column in copy.description or []]
        header, _, *lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        rows = [dict(zip(columns, row, strict=True)) for row in copy.fetchall()]
        assert [[shown(row[column]) for column in header] for row in rows] == lines
