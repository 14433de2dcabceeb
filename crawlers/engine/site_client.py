"""The engine for sites with many pages or documents: Scrapy in a process of its own, fed with wishes through a pipe.

A reactor runs once a process, and what reads the answers should not share a process with what faces the network. The
two share nothing but the folder of kept bodies: the process keeps what it fetched there, this side reads it from there.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import deque
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any, Self

from crawlers.engine.address import address
from crawlers.engine.bodies import BodyStore
from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch, Fetched, Missed
from warehouse.errors import StageError

LOG = "scrapy.log"
CACHE = "httpcache"
_PATIENCE = 10.0  # seconds that the process has to end by itself


class SiteClient:
    """Fetches for one run of one source through Scrapy. Use as a context manager."""

    def __init__(self, card: SourceCard, store: BodyStore, *, base_url: str, user_agent: str, now: datetime) -> None:
        self._card, self._store, self._base_url = card, store, base_url
        self._folder = store.folder
        self._job = {
            "card": {**asdict(card), "verified_on": card.verified_on.isoformat()},
            "folder": str(store.folder),
            "cache": str(store.folder.parent / CACHE),
            "user_agent": user_agent,
            "now": now.isoformat(),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._ready: deque[Fetched] = deque()  # kept by this run, or by the one that it continues
        self._waiting: dict[int, Fetch] = {}
        self._n_sent = 0
        self.n_requests = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return
        with suppress(OSError):  # it may have died
            process.stdin.close()  # tells it to end; what is queued is dropped
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def submit(self, fetch: Fetch, *, first: bool = False) -> None:
        """Take a wish; the process decides what is fetched when."""
        kept = self._store.get(fetch)
        if kept is not None:
            self._ready.append(kept)
            return
        self._n_sent += 1
        self._waiting[self._n_sent] = fetch
        wish = {
            "number": self._n_sent,
            "url": address(self._card, self._base_url, fetch),
            "fetch": {**asdict(fetch), "headers": dict(fetch.headers)},
            "is_first": first,
        }
        self._send(wish)

    def answer(self) -> Fetched | Missed:
        """Return what was kept already, else wait for the process."""
        if self._ready:
            return self._ready.popleft()
        line = self._receive()
        fetch = self._waiting.pop(line["number"])
        self.n_requests = line["n_requests"]
        if "message" in line:
            if not fetch.is_optional:
                raise StageError(line["message"], line["next_step"])
            return Missed(fetch=fetch, message=line["message"], next_step=line["next_step"])
        kept = self._store.get(fetch)
        if kept is None:
            raise self._broken()
        return kept

    def _send(self, line: object) -> None:
        process = self._started()
        try:
            process.stdin.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
        except OSError as error:
            raise self._broken() from error

    def _receive(self) -> dict[str, Any]:
        line = self._started().stdout.readline()  # type: ignore[union-attr]
        if not line:
            raise self._broken()
        received: dict[str, Any] = json.loads(line)
        return received

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            with (self._folder / LOG).open("ab") as log:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "crawlers.engine.site_process"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                )
            self._send(self._job)
        return self._process

    def _broken(self) -> StageError:
        return StageError(
            f"来源 {self._card.name} 的采集进程意外结束。",
            f"请查看采集文件夹 {self._folder.name} 中的 {LOG}，然后重新运行同一命令，已取得的不会重取。",
        )
