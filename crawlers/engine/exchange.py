"""What spiders and engines exchange: a wish to fetch something, and what came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from warehouse.records import Issue, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days of distribution that a run asks for, both included."""

    since: date
    until: date

    def __contains__(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Something to be fetched: a path below the source's base address, with its query in the order to be sent.

    `purpose` tells `parse` what the answer is. A `resumable` fetch is a large file: it is asked for conditionally, kept
    on disk and continued after a break; its answer may be `unchanged`.
    """

    path: str
    query: tuple[tuple[str, str], ...] = ()
    purpose: str = "page"
    accept: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False, repr=False)  # e.g. a key
    resumable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came back for a `Fetch`, after retries: a body with status 200, or nothing new."""

    fetch: Fetch
    body: bytes
    content_type: str = ""
    path: Path | None = None  # where the bytes of a resumable fetch lie; `body` is empty then
    unchanged: bool = False  # 304: the source has nothing newer than the last finished run


Found = Observation | Issue | Fetch


class Spider(Protocol):
    """One source. Pure: it says what to fetch and reads what came; how it is fetched is the engine's."""

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield what to fetch first for a window of days."""
        ...

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the records and issues of one body, and what to fetch next because of it.

        Raises `SchemaChanged` when the body is not what the card says.
        """
        ...


class AskAgain(Exception):  # noqa: N818  (not an error: a wish to ask again)
    """A body is in the known form but cannot be right, such as the page before once more.

    Raised before anything is yielded. The engine forgets the body and asks again; if the answer stays so, the run
    ends as with `SchemaChanged`.
    """


class SchemaChanged(Exception):  # noqa: N818  (named for what happened)
    """A body is not in the form that the source was known to have; the message says in Chinese how."""
