"""What spiders and engines exchange: a wish to fetch something, and what came back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from warehouse.records import Issue, Observed


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
    on disk and continued after a break; its answer may be `unchanged`. The run goes on without an `is_optional` fetch
    that is refused or not answered, and says so in an issue about `subject`.
    """

    path: str
    query: tuple[tuple[str, str], ...] = ()
    purpose: str = "page"
    site: str = ""  # another host, one of the card's `sites`; "" is the base address
    json_body: str = ""  # sent by POST where there is one
    is_optional: bool = False
    subject: str = ""  # notification_id or the like that it is about
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An optional fetch that brought nothing, and why."""

    fetch: Fetch
    message: str
    next_step: str


class Client(Protocol):
    """An engine's way to the network: wishes go in, answers come out, politely."""

    n_requests: int

    def submit(self, fetch: Fetch, *, first: bool = False) -> None:
        """Take a wish; `first`: before those that wait."""
        ...

    def answer(self) -> Fetched | Missed:
        """Wait for the next answer to a wish that was taken.

        Raises StageError, in words for an officer, when the source forbids, refuses or fails a wish that is needed.
        """
        ...


Found = Observed | Issue | Fetch


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
