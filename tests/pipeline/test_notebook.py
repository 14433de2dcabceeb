"""The analysts' notebook runs without a screen and draws its pictures, on a copy with little in it too."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from pipeline.sample import EXPORTERS, sample_path

Cli = Callable[..., Any]
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "analyst.py"
PICTURES = ["1_months.png", "2_exposure.png", "3_deadlines.png"]

pytestmark = pytest.mark.skipif(
    not (find_spec("marimo") and find_spec("matplotlib")), reason="the extra `notebook` is not installed"
)


def draw(copy: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(NOTEBOOK), "--copy", str(copy), "--save", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder.parent, timeout=120)


def test_the_notebook_draws_three_pictures_in_chinese(analyst_home: Path, tmp_path: Path) -> None:
    from PIL import Image

    done = draw(analyst_home / "publish" / "current.duckdb", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "Glyph" not in done.stderr, "a character that the font lacks"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == PICTURES
    for name in PICTURES:
        with Image.open(tmp_path / "out" / name) as picture:
            assert picture.width > 1000
            colours = picture.convert("RGB").getcolors(maxcolors=1_000_000)
            assert colours is not None
            assert len(colours) > 20, "an empty picture"


def test_a_copy_without_notifications_is_drawn_too(cli: Cli, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with sample_path(EXPORTERS) as path:
        assert cli("--home", home, "import", "exporters", path).code in {0, 1}
    assert cli("--home", home, "publish").code in {0, 1}
    done = draw(home / "publish" / "current.duckdb", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == PICTURES


def test_without_a_copy_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = draw(tmp_path / "current.duckdb", tmp_path / "out")
    assert done.returncode != 0
    assert "还没有发布副本" in done.stderr + done.stdout
