"""`report site`: what of the warehouse goes out, what never does, and how a folder takes another's place."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import read_settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.sample import EXPORTERS, sample_path
from pipeline.site_facts import current_measures, families
from pipeline.steps import site as step
from pipeline.steps.site import write_site
from reports.site.build import MARKER
from reports.site.facts import SiteMeasure
from warehouse.connection import open_reader, open_writer
from warehouse.errors import InputError, StageError
from warehouse.facts import read_notifications
from warehouse.members import member_zh
from warehouse.records import Channel

NOW = datetime(2026, 7, 2, 1, 0, tzinfo=UTC)
RELEASED_BY, TRANSLATED_BY = "签发人甲某", "译者丙某"
TRANSLATED = "G/TBT/N/SWE/9001"
TITLE = "印制电路板和层压板中溴系阻燃剂管理条例草案"


def context_of(home: Path, now: datetime = NOW) -> Context:
    return Context(home=Home(home), now=now, settings=read_settings(Home(home)))


@pytest.fixture(scope="module")
def released(prepared: Path, cli: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose issue of June is released and one of whose titles an officer translated. Never changed."""
    home = tmp_path_factory.mktemp("released") / "home"
    shutil.copytree(prepared, home)
    assert callable(cli)
    moment = ("--now", "2026-07-02T08:00+08:00")
    by = ("--by", TRANSLATED_BY)
    assert cli("--home", home, *moment, "titles", "set", TRANSLATED, "--text", TITLE, *by).code == 0
    done = cli(
        "--home", home, *moment, "report", "release", "--month", "2026-06", "--by", RELEASED_BY, "--anyway", "试"
    )
    assert done.code == 0, done.err
    return home


@pytest.fixture
def own(released: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(released, tmp_path / "home"))


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def text_of(name: str, content: bytes) -> str:
    """Everything that can be read in a file of any form."""
    if name.endswith((".docx", ".xlsx")):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(parts.read(each).decode("utf-8", "replace") for each in parts.namelist())
    if name.endswith(".pdf"):
        pdf = pypdfium2.PdfDocument(content)
        try:
            return "".join(page.get_textpage().get_text_bounded() for page in pdf)
        finally:
            pdf.close()
    return content.decode()


def test_no_file_names_a_firm_or_a_contact(own: Path) -> None:
    _, paths = write_site(context_of(own))
    with sample_path(EXPORTERS) as source:
        rows = list(csv.DictReader(source.read_text(encoding="utf-8-sig").splitlines()))
    secrets = {row[key] for row in rows for key in ("企业名称", "统一社会信用代码", "联系邮箱")} - {""}
    assert len(secrets) > 60
    texts = {path.name: text_of(path.name, path.read_bytes()).replace("\r\n", "") for path in paths}
    assert {name.rsplit(".", 1)[-1] for name in texts} == {"html", "js", "css", "xml", "json", "pdf", "docx", "xlsx"}
    assert [(name, secret) for name, text in texts.items() for secret in secrets if secret in text] == []
    officers = (RELEASED_BY, TRANSLATED_BY)
    assert [(name, by) for name, text in texts.items() for by in officers if by in text] == []


def test_the_search_for_firms_would_find_one(released: Path) -> None:
    restricted = next((released / "reports" / "2026-06" / "正式" / "内部版").glob("*.docx"))
    with open_reader(released / "warehouse.duckdb") as con:
        names = [name for (name,) in con.execute("SELECT name FROM exporters").fetchall()]
    text = text_of(restricted.name, restricted.read_bytes())
    assert any(name in text for name in names)


def test_public_files_of_an_issue_are_copied_as_they_were_released(own: Path) -> None:
    _, paths = write_site(context_of(own))
    site, formal = own / "site", own / "reports" / "2026-06" / "正式"
    copied = {
        path.suffix: path.read_bytes() for path in paths if path.parent == site / "issues" and "2026" in path.name
    }
    assert copied == {path.suffix: path.read_bytes() for path in formal.glob("境外*2026-06.*")}
    assert {".html", ".pdf", ".docx"} <= copied.keys()
    assert "2026年第1期（总第1期）" in (site / "index.html").read_text(encoding="utf-8")


def test_a_withdrawn_issue_is_gone(own: Path, cli: object) -> None:
    assert callable(cli)
    write_site(context_of(own))
    done = cli("--home", own, "--now", "2026-07-03T09:00+08:00", "report", "withdraw", "--month", "2026-06",
               "--by", "某", "--reason", "试")  # fmt: skip
    assert done.code == 0, done.err
    run, _ = write_site(context_of(own))
    assert run.counts["n_issues"] == 0
    assert [path.name for path in (own / "site" / "issues").iterdir()] == ["index.html"]


def test_an_altered_file_of_an_issue_is_not_published(own: Path) -> None:
    write_site(context_of(own))
    before = files_of(own / "site")
    page = next((own / "reports" / "2026-06" / "正式").glob("*.html"))
    page.chmod(0o644)
    page.write_text("另一份", encoding="utf-8")
    with pytest.raises(InputError, match="被改动"):
        write_site(context_of(own))
    assert files_of(own / "site") == before


def test_the_same_data_and_moment_give_the_same_bytes(own: Path, tmp_path: Path) -> None:
    write_site(context_of(own))
    first = files_of(own / "site")
    write_site(context_of(own))
    write_site(context_of(own), tmp_path / "elsewhere" / "site")
    assert files_of(own / "site") == first == files_of(tmp_path / "elsewhere" / "site")


def test_pages_of_measures_no_longer_current_go(own: Path) -> None:
    run, _ = write_site(context_of(own))
    late, _ = write_site(context_of(own, NOW + timedelta(days=3 * 365)))
    assert late.counts["n_measures"] < run.counts["n_measures"]
    pages = [path for path in (own / "site" / "measures").iterdir() if path.name != "index.html"]
    assert len(pages) == late.counts["n_measures"]


@pytest.mark.parametrize("days", [0, 60, 200, 400])
def test_current_is_what_is_open_or_ahead_or_of_the_last_year(released: Path, days: int) -> None:
    today = date(2026, 7, 2) + timedelta(days=days)
    with open_reader(released / "warehouse.duckdb") as con:
        measures = current_measures(con, today)
        everything = read_notifications(con)
    year_ago = today.replace(year=today.year - 1)
    wanted = {
        "、".join(each.symbols) or each.notification_id
        for each in everything
        if each.channel is not Channel.RECALL
        and each.member_codes != ("CHN",)
        and (
            (each.comment_deadline or date.min) >= today
            or (each.entry_into_force_date or date.min) >= today
            or (each.distribution_date or date.min) > year_ago
        )
    }
    shown = [notice.symbol for measure in measures for notice in measure.notices]
    assert wanted <= set(shown)
    assert len(shown) == len(set(shown)), "each document stands with one measure"
    assert all(any(notice.symbol in wanted for notice in measure.notices) for measure in measures)


def by_symbol(measures: tuple[SiteMeasure, ...], symbol: str) -> SiteMeasure:
    return next(measure for measure in measures if symbol in measure.symbols)


def test_titles_members_and_codes_are_in_chinese(released: Path) -> None:
    with open_reader(released / "warehouse.duckdb") as con:
        measures = current_measures(con, date(2026, 7, 2))
    found = by_symbol(measures, TRANSLATED)
    assert (found.title_zh, found.title_mark, found.members) == (TITLE, "", (member_zh("SWE"),))
    assert {measure.title_mark for measure in measures} == {"", "待译"}
    assert all(each.name for measure in measures for each in measure.chapters)
    assert any(measure.headings for measure in measures)


def test_a_chain_of_few_firms_is_not_told(released: Path, tmp_path: Path) -> None:
    with open_reader(released / "warehouse.duckdb") as con:
        told = {chain for measure in current_measures(con, date(2026, 7, 2)) for chain in measure.chains}
        rows = con.execute("SELECT industry_chain, count(*) FROM exporters GROUP BY ALL").fetchall()
    n_firms = dict(rows)
    assert told
    assert all(n_firms[chain] >= 3 for chain in told)
    home = Path(shutil.copytree(released, tmp_path / "home"))
    alone = min(told)
    with open_writer(home / "warehouse.duckdb") as con:
        con.execute(
            """UPDATE exporters SET industry_chain = '另一产业链' WHERE exporter_id IN (
            SELECT exporter_id FROM exporters WHERE industry_chain = $chain ORDER BY exporter_id OFFSET 2)""",
            {"chain": alone},
        )
        after = {chain for measure in current_measures(con, date(2026, 7, 2)) for chain in measure.chains}
    assert alone not in after


def test_a_measure_whose_words_name_a_firm_is_left_out_and_said(own: Path, cli: object) -> None:
    assert callable(cli)
    with open_reader(own / "warehouse.duckdb") as con:
        [(name,)] = con.execute("SELECT name FROM exporters ORDER BY exporter_id LIMIT 1").fetchall()
    cli(
        "--home",
        own,
        "--now",
        "2026-07-02T08:30+08:00",
        "titles",
        "set",
        TRANSLATED,
        "--text",
        f"涉及{name}的草案",
        "--by",
        "某",
    )
    run, paths = write_site(context_of(own))
    assert [issue.code for issue in run.issues] == ["site-measure-names-firm"]
    assert run.outcome == "findings"
    assert "g-tbt-n-swe-9001.html" not in {path.name for path in paths}


def test_a_folder_with_other_things_is_refused(own: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(InputError, match="已有其他内容"):
        write_site(context_of(own), mine)
    assert files_of(mine) == {"letter.txt": b"dear"}
    with pytest.raises(InputError, match="已有其他内容"):
        write_site(context_of(own), mine / "letter.txt")
    (mine / MARKER).write_text('{"name": "another program"}', encoding="utf-8")
    with pytest.raises(InputError, match="已有其他内容"):
        write_site(context_of(own), mine)
    with pytest.raises(InputError, match="根目录"):
        write_site(context_of(own), Path("/"))


def test_an_empty_folder_is_taken(own: Path, tmp_path: Path) -> None:
    (tmp_path / "web").mkdir()
    write_site(context_of(own), tmp_path / "web")
    assert (tmp_path / "web" / "index.html").exists()


def test_a_run_that_fails_leaves_the_former_site(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_site(context_of(own))
    before = files_of(own / "site")

    def full(*_: object) -> Iterator[str]:
        yield "index.html"
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(step, "_write", full)
        with pytest.raises(StageError, match="No space"):
            write_site(context_of(own, NOW + timedelta(days=1)))
    assert files_of(own / "site") == before
    write_site(context_of(own, NOW + timedelta(days=1)))
    assert not [path for path in own.iterdir() if path.name.startswith(".site")]


def test_a_run_cut_off_between_the_renames_is_mended(own: Path) -> None:
    write_site(context_of(own))
    before = files_of(own / "site")
    (own / "site").rename(own / ".site.old")
    (own / ".site.new").mkdir()
    (own / ".site.new" / "half.html").write_text("<p>", encoding="utf-8")
    write_site(context_of(own))
    assert files_of(own / "site") == before
    assert not [path for path in own.iterdir() if path.name.startswith(".site")]


def test_the_command_says_what_it_wrote(own: Path, cli: object, tmp_path: Path) -> None:
    assert callable(cli)
    out = tmp_path / "专栏"
    done = cli("--home", own, "--now", "2026-07-02T09:00+08:00", "report", "site", "--out", out)
    assert done.code == 0, done.err
    assert str(out / "index.html") in done.out
    assert "已印发期次 1" in done.out
    marker = json.loads((out / MARKER).read_text(encoding="utf-8"))
    assert (marker["n_issues"], marker["built_at"]) == (1, "2026-07-02T01:00:00+00:00")


def test_the_address_of_the_site_stands_in_its_feeds(own: Path) -> None:
    (own / "tbtwatch.toml").write_text('[report]\nsite_url = "https://office.example/tbt"\n', encoding="utf-8")
    write_site(context_of(own))
    assert 'rel="self"' in (own / "site" / "atom.xml").read_text(encoding="utf-8")
    assert "https://office.example/tbt/measures/" in (own / "site" / "rss.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "url", ["ftp://office.example", "office.example", "https://a b", 'https://x/"', "https://x/#y"]
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, url: str) -> None:
    (tmp_path / "tbtwatch.toml").write_text(f"[report]\nsite_url = {url!r}\n", encoding="utf-8")
    with pytest.raises(InputError, match="site_url"):
        read_settings(Home(tmp_path))


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("stuvwxabc"))))
def test_families_part_the_notifications_by_shared_names(named: list[tuple[str, str]]) -> None:
    found = list(families(named))
    assert sorted(each for family in found for each in family) == sorted({each for each, _ in named})
    place = {each: number for number, family in enumerate(found) for each in family}
    assert all(place[a] == place[b] for a, x in named for b, y in named if x == y)
    for family in found:
        reached = {family[0]}
        for _ in family:
            keys = {key for each, key in named if each in reached}
            reached |= {each for each, key in named if key in keys}
        assert reached == set(family)
