from __future__ import annotations

import gzip
import json
from dataclasses import fields, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from crawlers.landing import ISSUES, RUN, LandingWriter, content_hash
from warehouse.errors import InputError, StageError
from warehouse.load import read_issues
from warehouse.records import Issue, Notification, NotificationKind, Observation, Severity

OBSERVATION = Observation(
    source_key="k|Kenya",
    payload={"b": "二", "a": 1},
    row=7,
    notification=Notification(
        notification_id="G/TBT/N/KEN/9001",
        symbols=("G/TBT/N/KEN/9001",),
        kind=NotificationKind.REGULAR,
        distribution_date=date(2025, 6, 2),
        notification_links={"en": "https://example.org"},
    ),
)
ISSUE = Issue(code="made-up", severity=Severity.WARNING, message="仅供测试。", row=3)


def test_a_finished_run(tmp_path: Path) -> None:
    source = tmp_path / "input.txt"
    source.write_bytes(b"content")
    folder = tmp_path / "landing" / "run1"
    with LandingWriter(folder, source="test", run_id="run1", input_path=source) as landing:
        landing.write(OBSERVATION)
        landing.issue(ISSUE)
        assert not (folder / RUN).exists()
    assert (folder / RUN).exists()
    assert json.loads((folder / "run.json").read_text(encoding="utf-8")) == {
        "source": "test", "run_id": "run1", "input_name": "input.txt", "input_sha256": sha256(b"content").hexdigest(),
        "n_observations": 1, "n_issues": 1, "finished": True,
    }  # fmt: skip
    (line,) = gzip.decompress((folder / "observations-00001.jsonl.gz").read_bytes()).decode().splitlines()
    flat = json.loads(line)
    assert list(flat)[:4] == ["source_key", "row", "content_hash", "payload"]
    assert list(flat)[4:] == [field.name for field in fields(Notification)]
    assert flat["payload"] == OBSERVATION.payload
    assert (flat["distribution_date"], flat["comment_deadline"], flat["kind"]) == ("2025-06-02", None, "regular")
    assert (flat["symbols"], flat["notification_links"]) == (["G/TBT/N/KEN/9001"], {"en": "https://example.org"})
    assert flat["content_hash"] == content_hash(OBSERVATION)
    assert list(read_issues(folder / ISSUES)) == [ISSUE]
    assert sorted(p.name for p in folder.iterdir()) == ["issues.jsonl", "observations-00001.jsonl.gz", "run.json"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with LandingWriter(tmp_path / name, source="test", run_id="r") as landing:
            landing.write(OBSERVATION)
    a, b = ((tmp_path / name / "observations-00001.jsonl.gz").read_bytes() for name in ("a", "b"))
    assert a == b


def test_an_interrupted_run_is_not_finished_and_may_be_redone(tmp_path: Path) -> None:
    def interrupted() -> None:
        with LandingWriter(tmp_path / "r", source="test", run_id="r") as landing:
            landing.write(OBSERVATION)
            raise InputError("half-way")

    with pytest.raises(InputError, match="half-way"):
        interrupted()
    assert not (tmp_path / "r" / RUN).exists()
    with LandingWriter(tmp_path / "r", source="test", run_id="r"):
        pass
    assert (tmp_path / "r" / RUN).exists()
    with pytest.raises(StageError), LandingWriter(tmp_path / "r", source="test", run_id="r"):
        pass


def test_hash_follows_content_only() -> None:
    assert content_hash(replace(OBSERVATION, row=99, payload={"a": 1, "b": "二"})) == content_hash(OBSERVATION)
    assert content_hash(replace(OBSERVATION, payload={"a": 2})) != content_hash(OBSERVATION)
    changed = replace(OBSERVATION.notification, title="new")
    assert content_hash(replace(OBSERVATION, notification=changed)) != content_hash(OBSERVATION)


def test_half_characters_do_not_end_a_run(tmp_path: Path) -> None:
    with LandingWriter(tmp_path / "r", source="test", run_id="r") as landing:
        landing.write(replace(OBSERVATION, payload={"a": "x\ud800"}))
        landing.issue(replace(ISSUE, value="\ud800"))
    assert len(list(read_issues(tmp_path / "r" / ISSUES))) == 1
