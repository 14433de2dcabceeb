"""One prepared home a session (sample imported and matched, cases opened), one of four cases; copied to be changed."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.cli import main
from pipeline.sample import EXPORTERS, NOTIFICATIONS, SEARCH_PAGE, sample_path
from warehouse.connection import open_reader

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))

from alert_office import CONCLUDED, ONE, conclude, let_answer, open_office, send, states
from analyst_office import close_in_time, open_analyst_office
from case_office import open_four_cases
from edge_office import open_edge_office

from pipeline.delivery import DeliveryState, Receipt

COLLECTED = "2026-06-29T09:00+08:00"
SAMPLE_PUBLISHED = "2026-07-01T09:00+08:00"


@dataclass(frozen=True)
class Done:
    """How one call of the command line ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)


Cli = Callable[..., Done]


def call(*arguments: object) -> Done:
    """Run `tbtwatch` in this process; an exception that it does not word for a user fails the test."""
    out, err, argv = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["tbtwatch", *map(str, arguments)]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
                code = 0
            except SystemExit as leaving:
                code = int(leaving.code or 0)
    finally:
        sys.argv = argv
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def plain_environment() -> Iterator[None]:
    """No setting of the machine reaches a test; the quick encoder stands in."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "MATCH__ENCODER_CACHE", "MAIL__PASSWORD", "MAIL__TRANSPORT", "CRAWL__WTO_API_KEY"):
            patch.delenv(f"TBTWATCH_{name}", raising=False)
        patch.setenv("TBTWATCH_MATCH__ENCODER", "hashing")
        yield


@pytest.fixture(scope="session")
def cli(plain_environment: None) -> Cli:
    """The command line as a function: arguments in, exit code, stdout and stderr out."""
    return call


@pytest.fixture(scope="session")
def imported(cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the bundled sample imported and nothing else done."""
    home = tmp_path_factory.mktemp("imported") / "home"
    with sample_path(EXPORTERS) as path:
        assert cli("--home", home, "--now", COLLECTED, "import", "exporters", path).code in {0, 1}
    for name in (NOTIFICATIONS, SEARCH_PAGE):
        with sample_path(name) as path:
            assert cli("--home", home, "--now", COLLECTED, "import", "notifications", path).code in {0, 1}
    return home


@pytest.fixture(scope="session")
def prepared(cli: Cli, imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample matched and its cases opened, all at the moment of collection. Never changed."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    shutil.copytree(imported, home)
    assert cli("--home", home, "--now", COLLECTED, "match").code == 0
    assert cli("--home", home, "--now", COLLECTED, "cases").code == 0
    return home


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Path:
    """A copy of the prepared home that the test may change."""
    return Path(shutil.copytree(prepared, tmp_path / "home"))


@pytest.fixture(scope="session")
def four_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the four cases of `case_office`. Never changed."""
    home = tmp_path_factory.mktemp("four-cases") / "home"
    open_four_cases(home)
    return home


@pytest.fixture
def office(four_cases: Path, tmp_path: Path) -> Path:
    """A copy of the home with four cases that the test may change."""
    return Path(shutil.copytree(four_cases, tmp_path / "home"))


@pytest.fixture(scope="session")
def rated(prepared: Path) -> tuple[str, ...]:
    """Cases of the sample that are no backfills and whose measure has a symbol of its own without addenda."""
    with open_reader(prepared / "warehouse.duckdb") as con:
        found = con.execute(
            """SELECT case_id FROM cases INNER JOIN case_notifications USING (case_id)
            INNER JOIN notifications AS n USING (notification_id) WHERE NOT is_backfill
            GROUP BY case_id HAVING list(n.symbols) = [[case_id]] ORDER BY case_id"""
        ).fetchall()
    assert len(found) >= 4
    return tuple(case_id for (case_id,) in found)


@pytest.fixture(scope="session")
def concluded_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of `alert_office`, where an officer concluded 关注 on the first case. Never changed."""
    home = tmp_path_factory.mktemp("alert-office") / "home"
    open_office(home)
    conclude(home, CONCLUDED, ONE)
    return home


@pytest.fixture
def alerts(concluded_office: Path, tmp_path: Path) -> Path:
    """A copy of the home of `alert_office` that the test may change."""
    return Path(shutil.copytree(concluded_office, tmp_path / "home"))


@pytest.fixture
def greylisted(alerts: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home after a first attempt on Tuesday 17:00 that a server put off."""
    with monkeypatch.context() as patch:
        later = Receipt(state=DeliveryState.DEFERRED, code=451, detail="Greylisted", status="4.7.1")
        let_answer(patch, later)
        run, _ = send(alerts, CONCLUDED)
    assert run.counts["n_retry"] == 1
    assert states(alerts) == ["retry"]
    return alerts


@pytest.fixture(scope="session")
def analyst_home(plain_environment: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of `analyst_office`, published, of which every row is known. Never changed."""
    home = tmp_path_factory.mktemp("analyst-office") / "home"
    open_analyst_office(home)
    return home


# of one module: a copy that one test holds open cannot be opened in another way by the next
@pytest.fixture(scope="module")
def known(analyst_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The copy of `analyst_office`, in a zone that is not the office's."""
    with duckdb.connect(analyst_home / "publish" / "current.duckdb", read_only=True) as con:
        con.execute("SET TimeZone = 'America/New_York'")
        yield con


@pytest.fixture(scope="session")
def edge_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of `edge_office`. Never changed."""
    home = tmp_path_factory.mktemp("edges") / "home"
    open_edge_office(home)
    return home


@pytest.fixture(scope="session")
def closed_home(analyst_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of `analyst_office`, with one more case, closed in time, in the copy."""
    home = Path(shutil.copytree(analyst_home, tmp_path_factory.mktemp("closed") / "home", symlinks=True))
    close_in_time(home)
    return home


@pytest.fixture(scope="module")
def edges(edge_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The copy of `edge_office`, in a zone that is not the office's."""
    with duckdb.connect(edge_home / "publish" / "current.duckdb", read_only=True) as con:
        con.execute("SET TimeZone = 'America/New_York'")
        yield con


@pytest.fixture(scope="session")
def judged_home(cli: Cli, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled sample with some pairs judged, published. Never changed."""
    home = tmp_path_factory.mktemp("questions") / "home"
    shutil.copytree(prepared, home)
    judged = "2026-06-29T16:00+08:00"
    plans = cli("--json", "--home", home, "--now", judged, "alert", "preview", "--unreviewed").data["plans"]
    for number, plan in enumerate(plans[:6]):
        relation = ("none", "direct")[number % 2]
        stated = ("judge", plan["case_id"], plan["exporter_id"], "--relation", relation, "--by", "甲")
        assert cli("--home", home, "--now", judged, *stated).code == 0
    done = cli("--home", home, "--now", SAMPLE_PUBLISHED, "publish")
    assert done.code in {0, 1}, done.err
    return home


@pytest.fixture(scope="module")
def sample(judged_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The copy of the bundled sample, with some pairs judged."""
    with duckdb.connect(judged_home / "publish" / "current.duckdb", read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con
