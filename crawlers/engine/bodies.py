"""Keeps every body that was fetched, with an audit line: what a killed run has fetched is not asked for again."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawlers.engine.exchange import Fetch, Fetched

AUDIT = "requests.jsonl"
_RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request as it went out and what came back; keys and cookies are never written down."""

    at: datetime
    path: str
    query: tuple[tuple[str, str], ...]
    outcome: str  # a status code, or the name of what broke
    n_bytes: int
    seconds: float


class BodyStore:
    """The folder `raw/` of a landing folder. File names are hashes of requests: the network names no file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._folder = folder / _RAW
        self._audit = folder / AUDIT
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._audit.exists() and not (lines := self._audit.read_bytes()).endswith(b"\n"):
            self._audit.write_bytes(lines[: lines.rfind(b"\n") + 1])  # a killed run tore its last line

    def get(self, fetch: Fetch) -> Fetched | None:
        """Return the kept answer to a request, or None."""
        path = self._path(fetch)
        if not path.exists():
            return None
        meta, _, body = gzip.decompress(path.read_bytes()).partition(b"\n")
        return Fetched(fetch=fetch, body=body, content_type=str(json.loads(meta)["content_type"]))

    def put(self, fetched: Fetched) -> None:
        """Keep an answer; a kill in the middle leaves nothing that looks whole."""
        path = self._path(fetched.fetch)
        meta = {
            "path": fetched.fetch.path,
            "query": fetched.fetch.query,
            "content_type": fetched.content_type,
            "sha256": hashlib.sha256(fetched.body).hexdigest(),
        }
        draft = path.with_suffix(".part")
        draft.write_bytes(
            gzip.compress(
                json.dumps(meta, ensure_ascii=False).encode() + b"\n" + fetched.body, compresslevel=1, mtime=0
            )
        )
        draft.replace(path)

    def forget(self, fetch: Fetch) -> None:
        """Put an answer aside that cannot be right, so that it is asked for again."""
        path = self._path(fetch)
        path.replace(path.with_suffix(".doubtful"))

    def file_for(self, fetch: Fetch) -> Path:
        """Return where a resumable fetch gathers its bytes."""
        return self._folder / f"{_key(fetch)}.download"

    def audit(self, attempt: Attempt) -> None:
        """Write down one request."""
        line = {
            "at": attempt.at.isoformat(),
            "path": attempt.path,
            "query": attempt.query,
            "outcome": attempt.outcome,
            "n_bytes": attempt.n_bytes,
            "seconds": round(attempt.seconds, 3),
        }
        with self._audit.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(line, ensure_ascii=False) + "\n")
            handle.flush()
            os.fsync(handle.fileno())

    def attempts(self) -> Iterator[dict[str, object]]:
        """Return the audit lines so far, of a killed run too."""
        if self._audit.exists():
            with self._audit.open(encoding="utf-8") as lines:
                yield from (json.loads(line) for line in lines if line.endswith("\n"))

    def _path(self, fetch: Fetch) -> Path:
        return self._folder / f"{_key(fetch)}.gz"


def _key(fetch: Fetch) -> str:
    asked = [fetch.path, fetch.query, fetch.site, fetch.json_body]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]
