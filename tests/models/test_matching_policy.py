"""A policy file that is missing, incomplete or wrong is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.matching import load_policy
from warehouse.errors import InputError


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('rules_version = "x"\nmax_candidates = 5\nsurprise = 1\n', "surprise"),
        ('rules_version = "x"\n', "max_candidates"),
        ("not toml at all", r"mine\.toml"),
    ],
)
def test_policy_file_with_wrong_entries_is_refused(tmp_path: Path, content: str, named: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match=named):
        load_policy(path)


@pytest.mark.parametrize("entry", ["max_candidates = 60", "warning_from = 0.60"])
def test_policy_value_in_words_is_refused(tmp_path: Path, entry: str) -> None:
    bundled = Path(__file__).parents[2] / "models" / "policies" / "matching-v2.toml"
    text = bundled.read_text("utf-8")
    assert entry in text
    name = entry.split(" = ", maxsplit=1)[0]
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    assert load_policy(path) == load_policy()
    for wrong in ('"many"', "true"):
        path.write_text(text.replace(entry, f"{name} = {wrong}"), "utf-8")
        with pytest.raises(InputError, match=name):
            load_policy(path)


def test_missing_policy_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml"):
        load_policy(tmp_path / "none.toml")
