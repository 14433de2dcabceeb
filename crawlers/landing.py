"""The landing form: what lies between fetching and loading.

A folder holds `observations-00001.jsonl.gz` and so on, the same of `concerns` and `titles` where there are any,
`issues.jsonl` and, last of all, `run.json`. One without `run.json` was never finished and is not loaded. One line is
one flat object: `source_key`, `row`, `content_hash`, `payload`, then every field of `Notification` (`Concern`,
`ChineseTitle`) under its name (dates ISO or null, tuples as lists, the kind by its value).
"""

from __future__ import annotations

import gzip
import json
from contextlib import ExitStack
from dataclasses import asdict, fields
from datetime import date
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from crawlers.formats.identity import canonical_json
from warehouse.errors import StageError
from warehouse.records import (
    ChineseTitle,
    Concern,
    ConcernObservation,
    Issue,
    Notification,
    Observation,
    Observed,
)

PART_ROWS: Final = 8_000  # a part is full at so many observations
PART_BYTES: Final = 32 << 20  # or so many bytes of JSON, whichever comes first: the load holds one part in memory
ISSUES: Final = "issues.jsonl"
RUN: Final = "run.json"
_Shown = Notification | Concern | ChineseTitle
_FIELDS: Final = {kind: tuple(field.name for field in fields(kind)) for kind in (Notification, Concern, ChineseTitle)}
_PARTS: Final = {
    Notification: "observations-{:05d}.jsonl.gz",
    Concern: "concerns-{:05d}.jsonl.gz",
    ChineseTitle: "titles-{:05d}.jsonl.gz",
}


def content_hash(observed: Observed) -> str:
    """SHA-256 (hex) of what the source said: normalised fields and payload, not the row that it stood in."""
    return _hash(_values(_shown(observed)), observed)


def landing_line(observed: Observed) -> dict[str, object]:
    """One observation as the flat object of the landing form."""
    values = _values(_shown(observed))
    return {
        "source_key": observed.source_key,
        "row": observed.row,
        "content_hash": _hash(values, observed),
        "payload": observed.payload,
        **values,
    }


def _shown(observed: Observed) -> _Shown:
    if isinstance(observed, Observation):
        return observed.notification
    return observed.concern if isinstance(observed, ConcernObservation) else observed.title


def _values(shown: _Shown) -> dict[str, object]:
    """The record as JSON values, keys in the order of its fields."""
    return {name: _plain(getattr(shown, name)) for name in _FIELDS[type(shown)]}


def _hash(values: dict[str, object], observed: Observed) -> str:
    return sha256(canonical_json([values, observed.payload]).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


class _Parts:
    """The files of one kind of record: a new one where the last is full."""

    def __init__(self, folder: Path, pattern: str, stack: ExitStack) -> None:
        self._folder, self._pattern, self._stack = folder, pattern, stack
        self._number = 0
        self.begin()

    def begin(self) -> None:
        self._number, self._rows, self._bytes = self._number + 1, 0, 0
        self._files = self._stack.enter_context(ExitStack())
        packed = self._files.enter_context((self._folder / self._pattern.format(self._number)).open("wb"))
        # mtime=0: the same observations give the same bytes
        self._lines = self._files.enter_context(
            gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=packed, mtime=0)
        )

    def write(self, line: bytes) -> None:
        if self._rows >= PART_ROWS or self._bytes >= PART_BYTES:
            self._files.close()
            self.begin()
        self._lines.write(line)
        self._rows += 1
        self._bytes += len(line)


class LandingWriter:
    """Writes one run's folder. Use as a context manager: only a clean exit writes `run.json`, atomically.

    `folder` is made where it is missing; a folder that already holds a finished run raises `StageError`, the remains of
    an unfinished one are written over. `input_path` is the file that was read, named in `run.json` with its SHA-256.
    """

    def __init__(self, folder: Path, *, source: str, run_id: str, input_path: Path | None = None) -> None:
        self.folder = folder
        self.n_observations = 0
        self.n_issues = 0
        self._about: dict[str, object] = {"source": source, "run_id": run_id}
        self._input_path = input_path
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        if (self.folder / RUN).exists():
            raise StageError(f"落地目录“{self.folder}”已有完成的批次，不能覆盖。", "请换一个批次号重新运行。")
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._input_path is not None:
            with self._input_path.open("rb") as source:
                digest = sha256()
                while chunk := source.read(1 << 20):
                    digest.update(chunk)
            self._about |= {"input_name": self._input_path.name, "input_sha256": digest.hexdigest()}
        for pattern in _PARTS.values():
            for remains in self.folder.glob(f"{pattern.partition('-')[0]}-*"):
                remains.unlink()
        self._parts: dict[type[_Shown], _Parts] = {Notification: _Parts(self.folder, _PARTS[Notification], self._stack)}
        self._issues = self._stack.enter_context(
            (self.folder / ISSUES).open("w", encoding="utf-8", errors="replace", newline="\n")
        )
        return self

    def write(self, observed: Observed) -> None:
        """Add one observation."""
        kind = type(_shown(observed))
        if kind not in self._parts:
            self._parts[kind] = _Parts(self.folder, _PARTS[kind], self._stack)
        text = json.dumps(landing_line(observed), ensure_ascii=False, separators=(",", ":"))
        self._parts[kind].write(text.encode("utf-8", "replace") + b"\n")
        self.n_observations += 1

    def issue(self, issue: Issue) -> None:
        """Add one issue."""
        self._issues.write(json.dumps(asdict(issue), ensure_ascii=False) + "\n")
        self.n_issues += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if kind is not None:
            return
        counts = {"n_observations": self.n_observations, "n_issues": self.n_issues, "finished": True}
        draft = self.folder / f"{RUN}.part"
        draft.write_text(json.dumps(self._about | counts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        draft.replace(self.folder / RUN)
