from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from crawlers.engine.bodies import AUDIT, Attempt, BodyStore
from crawlers.engine.exchange import Fetch, Fetched

FETCH = Fetch(path="a/b.json", query=(("page", "1"),), headers={"Key": "never written"})
ANSWER = Fetched(fetch=FETCH, body=b'{"a": "\xe4\xb8\xad"}\nsecond line', content_type="application/json")
ATTEMPT = Attempt(
    at=datetime(2025, 6, 13, tzinfo=UTC), path="a", query=(("q", "中"),), outcome="200", n_bytes=3, seconds=0.12345
)


def test_a_kept_answer_comes_back(tmp_path: Path) -> None:
    BodyStore(tmp_path).put(ANSWER)
    assert BodyStore(tmp_path).get(FETCH) == ANSWER
    assert b"never written" not in b"".join(path.read_bytes() for path in (tmp_path / "raw").iterdir())


def test_other_requests_have_other_answers(tmp_path: Path) -> None:
    store = BodyStore(tmp_path)
    store.put(ANSWER)
    assert store.get(Fetch(path="a/b.json")) is None
    assert store.get(Fetch(path="a/b.json", query=(("page", "2"),))) is None
    assert store.get(Fetch(path="a/b", query=(("page", "1"),))) is None


def test_the_same_answer_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        BodyStore(tmp_path / name).put(ANSWER)
    (first,), (second,) = ((tmp_path / name / "raw").iterdir() for name in ("a", "b"))
    assert (first.name, first.read_bytes()) == (second.name, second.read_bytes())


def test_a_kill_while_writing_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    store = BodyStore(tmp_path)
    store.put(ANSWER)
    (kept,) = (tmp_path / "raw").iterdir()
    kept.with_suffix(".part").write_bytes(kept.read_bytes()[:10])
    kept.unlink()
    assert store.get(FETCH) is None


def test_a_doubtful_answer_is_put_aside(tmp_path: Path) -> None:
    store = BodyStore(tmp_path)
    store.put(ANSWER)
    store.forget(FETCH)
    assert store.get(FETCH) is None
    assert [path.suffix for path in (tmp_path / "raw").iterdir()] == [".doubtful"]


def test_the_audit_outlives_a_kill(tmp_path: Path) -> None:
    BodyStore(tmp_path).audit(ATTEMPT)
    BodyStore(tmp_path).audit(ATTEMPT)
    with (tmp_path / AUDIT).open("a") as handle:
        handle.write('{"at": "2025-')
    attempts = list(BodyStore(tmp_path).attempts())
    assert len(attempts) == 2
    assert attempts[0] == {
        "at": "2025-06-13T00:00:00+00:00",
        "path": "a",
        "query": [["q", "中"]],
        "outcome": "200",
        "n_bytes": 3,
        "seconds": 0.123,
    }


def test_an_attempt_after_a_torn_line_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / AUDIT).write_text('{"at": "2025-')
    BodyStore(tmp_path).audit(ATTEMPT)
    assert [attempt["outcome"] for attempt in BodyStore(tmp_path).attempts()] == ["200"]
    assert json.loads((tmp_path / AUDIT).read_text().splitlines()[-1])["n_bytes"] == 3
