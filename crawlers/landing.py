"""The landing form: what lies between fetching and loading.

A folder holds `observations-00001.jsonl.gz` and so on, `issues.jsonl` and, last of all, `run.json`. One without
`run.json` was never finished and is not loaded. One line of observations is one flat object: `source_key`, `row`,
`content_hash`, `payload`, then every field of `Notification` under its name (dates ISO or null, tuples as lists, the
kind by its value).
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
from warehouse.records import Issue, Notification, Observation

OBSERVATIONS: Final = "observations-{:05d}.jsonl.gz"
PART_ROWS: Final = 8_000  # a part is full at so many observations
PART_BYTES: Final = 32 << 20  # or so many bytes of JSON, whichever comes first: the load holds one part in memory
ISSUES: Final = "issues.jsonl"
RUN: Final = "run.json"
_FIELDS: Final = tuple(field.name for field in fields(Notification))


def notification_fields(notification: Notification) -> dict[str, object]:
    """The notification as JSON values, keys in the order of the record."""
    return {name: _plain(getattr(notification, name)) for name in _FIELDS}


def content_hash(observation: Observation) -> str:
    """SHA-256 (hex) of what the source said: normalised fields and payload, not the row that it stood in."""
    return _hash(notification_fields(observation.notification), observation)


def landing_line(observation: Observation) -> dict[str, object]:
    """One observation as the flat object of the landing form."""
    shown = notification_fields(observation.notification)
    return {
        "source_key": observation.source_key,
        "row": observation.row,
        "content_hash": _hash(shown, observation),
        "payload": observation.payload,
        **shown,
    }


def _hash(shown: dict[str, object], observation: Observation) -> str:
    return sha256(canonical_json([shown, observation.payload]).encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


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
        for remains in self.folder.glob("observations-*"):
            remains.unlink()
        self._open_part(1)
        self._issues = self._stack.enter_context(
            (self.folder / ISSUES).open("w", encoding="utf-8", errors="replace", newline="\n")
        )
        return self

    def write(self, observation: Observation) -> None:
        """Add one observation."""
        if self._rows_in_part >= PART_ROWS or self._bytes_in_part >= PART_BYTES:
            self._part.close()
            self._open_part(self._part_number + 1)
        text = json.dumps(landing_line(observation), ensure_ascii=False, separators=(",", ":"))
        line = text.encode("utf-8", "replace") + b"\n"
        self._observations.write(line)
        self.n_observations += 1
        self._rows_in_part += 1
        self._bytes_in_part += len(line)

    def _open_part(self, number: int) -> None:
        self._part_number, self._rows_in_part, self._bytes_in_part = number, 0, 0
        self._part = self._stack.enter_context(ExitStack())
        packed = self._part.enter_context((self.folder / OBSERVATIONS.format(number)).open("wb"))
        # mtime=0: the same observations give the same bytes
        self._observations = self._part.enter_context(
            gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=packed, mtime=0)
        )

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
