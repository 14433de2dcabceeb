from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from crawlers.engine.download import Download
from warehouse.errors import StageError

WHOLE = {"Accept-Encoding": "identity"}


def answer(status: int, body: bytes = b"", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, stream=httpx.ByteStream(body))


def test_the_headers_of_a_first_download(tmp_path: Path) -> None:
    download = Download(tmp_path / "x.download")
    assert download.headers({}) == WHOLE
    assert download.headers({"etag": '"a"', "last_modified": "d"}) == WHOLE | {"If-None-Match": '"a"'}
    assert download.headers({"etag": "", "last_modified": "d"}) == WHOLE | {"If-Modified-Since": "d"}


def test_a_part_goes_before_the_finished_file(tmp_path: Path) -> None:
    download = Download(tmp_path / "x.download")
    download.take(answer(200, b"12345", etag='"b"'), 100)
    assert download.headers({"etag": '"a"'}) == WHOLE | {"Range": "bytes=5-", "If-Range": '"b"'}


def test_a_part_without_validators_is_not_continued(tmp_path: Path) -> None:
    download = Download(tmp_path / "x.download")
    download.take(answer(200, b"12345"), 100)
    assert download.headers({}) == WHOLE


def test_the_rest_is_added(tmp_path: Path) -> None:
    download = Download(tmp_path / "x.download")
    download.take(answer(200, b"12345", etag='"b"'), 100)
    path = download.take(answer(206, b"678", content_range="bytes 5-7/8"), 100)
    assert path
    assert path.read_bytes() == b"12345678"
    assert download.take(answer(206, b"9", content_range="bytes 8-8/10"), 100) is None
    assert path.read_bytes() == b"123456789"
    assert download.take(answer(206, b"0", content_range="bytes 9-9/*"), 100) == path


def test_what_does_not_fit_is_dropped(tmp_path: Path) -> None:
    download = Download(tmp_path / "x.download")
    for wrong in (answer(416), answer(206, b"678", content_range="bytes 4-6/8"), answer(206, b"678")):
        download.take(answer(200, b"12345", etag='"b"'), 100)
        assert download.take(wrong, 100) is None
        assert list(tmp_path.iterdir()) == []


def test_the_limit_counts_all_parts(tmp_path: Path) -> None:
    download = Download(tmp_path / "x.download")
    download.take(answer(200, b"12345", etag='"b"'), 6)
    with pytest.raises(StageError, match="下载的文件超过"):
        download.take(answer(206, b"67", content_range="bytes 5-6/7"), 6)


def test_a_kill_never_leaves_old_bytes_under_new_validators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies right after the validators of the new file were written."""
    download = Download(tmp_path / "x.download")
    download.take(answer(200, b"old bytes", etag='"old"'), 100)

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", die)
        with pytest.raises(Killed):
            download.take(answer(200, b"new", etag='"new"'), 100)
    assert download.headers({}) == WHOLE


def test_a_kill_while_the_validators_are_written(tmp_path: Path) -> None:
    (tmp_path / "x.json.part").write_text('{"validator": "ab')
    assert Download(tmp_path / "x.download").marks() == {}
    download = Download(tmp_path / "x.download")
    download.take(answer(200, b"1", etag='"b"', last_modified="d"), 100)
    assert json.loads((tmp_path / "x.json").read_text()) == {"validator": '"b"', "etag": '"b"', "last_modified": "d"}
