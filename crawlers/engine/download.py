"""A large file that is asked for conditionally and continued after a break (RFC 9110 13 and 14)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import httpx

from warehouse.errors import StageError

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class Download:
    """The file of a resumable fetch: `X.download` while it grows, beside it the validators of what it is a part of."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._marks = path.with_suffix(".json")

    def headers(self, finished: Mapping[str, str]) -> dict[str, str]:
        """Return the headers that ask for the rest of the same file, or for the whole if it is not the `finished` one.

        `finished` holds the validators (`etag`, `last_modified`) of the file that the last finished run has loaded.
        """
        whole = {"Accept-Encoding": "identity"}  # a range counts the bytes of the file, not of a packed form
        marks = self.marks()
        size = self.path.stat().st_size if self.path.exists() else 0
        if size and marks.get("validator"):
            return whole | {"Range": f"bytes={size}-", "If-Range": marks["validator"]}
        if finished.get("etag"):
            return whole | {"If-None-Match": finished["etag"]}
        if finished.get("last_modified"):
            return whole | {"If-Modified-Since": finished["last_modified"]}
        return whole

    def take(self, response: httpx.Response, limit: int) -> Path | None:
        """Write what came and return the path once the file is whole; None when it must be asked for again.

        A break raises the transport's error and keeps the bytes so far. Raises StageError beyond `limit` bytes.
        """
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            self._forget()
            return None
        mode, found = "wb", None
        if response.status_code == httpx.codes.PARTIAL_CONTENT:
            found = _RANGE.fullmatch(response.headers.get("content-range", ""))
            size = self.path.stat().st_size if self.path.exists() else 0
            if not found or int(found[1]) != size:
                self._forget()
                return None
            mode = "ab"
        else:
            self._forget()  # first: a kill in between must not leave old bytes under new validators
            self._write_marks(response)
        with self.path.open(mode) as handle:
            for chunk in response.iter_raw():
                handle.write(chunk)
                if handle.tell() > limit:
                    raise StageError(
                        f"下载的文件超过 {limit / (1 << 20):g} MB，已停止。", "请核对来源卡的 max_body_mb。"
                    )
            size = handle.tell()
        if mode == "ab" and found and found[3] != "*" and size < int(found[3]):
            return None  # a server may send less than the range that was asked for (RFC 9110 15.3.7)
        return self.path

    def _write_marks(self, response: httpx.Response) -> None:
        validator = response.headers.get("etag", "")
        if not validator or validator.startswith("W/"):  # a weak tag says nothing about bytes
            validator = response.headers.get("last-modified", "")
        marks = {
            "validator": validator,
            "etag": response.headers.get("etag", ""),
            "last_modified": response.headers.get("last-modified", ""),
        }
        draft = self._marks.with_suffix(".json.part")
        draft.write_text(json.dumps(marks), encoding="utf-8")
        draft.replace(self._marks)

    def marks(self) -> dict[str, str]:
        """Return the validators of the file that is here, whole or in part."""
        if not self._marks.exists():
            return {}
        marks: dict[str, str] = json.loads(self._marks.read_text(encoding="utf-8"))
        return marks

    def _forget(self) -> None:
        self.path.unlink(missing_ok=True)
        self._marks.unlink(missing_ok=True)
