"""The wheel: what is in it, and that it runs alone in a fresh environment, from another folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("crawlers", "models", "pipeline", "reports", "warehouse")


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode in (0, 1), f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from a copy of the tree, so that no stray build folder of the checkout gets in."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignored = shutil.ignore_patterns(".git", ".venv", "var", "dist", "__pycache__", ".*_cache", ".benchmarks")
    shutil.copytree(ROOT, source, ignore=ignored)
    (source / "warehouse" / "stray.duckdb").write_bytes(b"not for the wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source, cwd=folder)
    (built,) = folder.glob("tbtwatch-*.whl")
    return built


@pytest.mark.packaging
def test_the_wheel_holds_code_sql_templates_and_data_but_nothing_generated(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "warehouse/sql/schema/0001_runs.sql",
        "warehouse/sql/questions/01_measures_per_member.sql",
        "warehouse/seeds/wto_members.csv",
        "reports/templates/alert.html.j2",
        "models/policies/matching-v2.toml",
        "models/heads/matching.json",
        "models/lexicon/products/classes.csv",
        "models/lexicon/class_members/electrical.csv",
        "models/data/city_a/labels.json",
        "pipeline/policies/response-72h.toml",
        "pipeline/sample/notifications.xlsx",
        "pipeline/sample/exporters.csv",
    ):
        assert needed in names
    tracked = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    in_wheel = {name for name in names if name.split("/")[0] in PACKAGES}
    assert in_wheel == tracked
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == set(PACKAGES)


@pytest.mark.packaging
def test_the_wheel_runs_the_demo_in_a_fresh_environment_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "venv", venv, cwd=tmp_path)
    bin_folder = venv / ("Scripts" if sys.platform == "win32" else "bin")
    probe = [bin_folder / "python", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", tmp_path, "tzdata"]
    if subprocess.run([str(part) for part in probe], capture_output=True, check=False).returncode:
        pytest.skip("no package index can be reached from here")
    constraints = ROOT / "constraints.txt"
    run(bin_folder / "python", "-m", "pip", "install", "-q", "--no-compile", "-c", constraints, wheel, cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "models").mkdir(parents=True)  # a folder of the user's own that bears the name of a package
    (elsewhere / "models" / "__init__.py").write_text("raise RuntimeError('the wrong package was imported')")
    said = run(bin_folder / "tbtwatch", "--home", tmp_path / "home", "demo", cwd=elsewhere)
    demo = tmp_path / "home" / "demo"
    assert "月度提示" in said
    assert {path.suffix for path in (demo / "reports" / "2026-06").iterdir() if path.is_file()} == {
        ".html",
        ".docx",
        ".pdf",
        ".xlsx",
    }
    assert (demo / "publish" / "current.duckdb").exists()
    assert list((demo / "outbox").glob("*.eml"))


def test_no_other_distribution_owns_one_of_our_package_names() -> None:
    # an editable install names no owner
    owners = packages_distributions()
    assert {name: set(owners.get(name, [])) - {"tbtwatch"} for name in PACKAGES} == {name: set() for name in PACKAGES}


def test_all_packages_come_from_one_place() -> None:
    roots = set()
    for name in PACKAGES:
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        roots.add(Path(spec.origin).parents[1])
    assert len(roots) == 1
