from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawlers.formats.interchange import KEYS, read_jsonl
from warehouse.errors import InputError
from warehouse.records import Issue, Notification, NotificationKind, Observation, Severity

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "notifications_dev.jsonl"
FULL = {
    "id": "F1", "symbols": ["G/TBT/N/KOR/9001", "g/tbt/n/eec/12 / add. 1"], "area": "TBT", "members": ["韩国", "欧盟"],
    "distribution_date": "2025-06-02", "comment_deadline": "2025-08-01", "title": "虚构水泵标准",
    "description": "仅供测试。",
    "products_text": "水泵", "hs_codes": ["8413", "8413.70", "84137"], "ics_codes": ["23.080", "23.8"],
    "objectives": ["Quality requirements (TBT)"], "keywords": ["pumps", "pumps"],
    "notification_type": "Regular notification", "lang": "zh", "url": "https://example.org/1",
}  # fmt: skip


def write(path: Path, lines: list[dict[str, Any] | str]) -> Path:
    path.write_text("".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines), encoding="utf-8")
    return path


def read(path: Path) -> tuple[list[Observation], list[Issue]]:
    found = list(read_jsonl(path))
    return [f for f in found if isinstance(f, Observation)], [f for f in found if isinstance(f, Issue)]


def read_one(tmp_path: Path, **content: Any) -> tuple[Notification, list[tuple[str, str]]]:
    (observation,), issues = read(write(tmp_path / "one.jsonl", [{"id": "A", **content}]))
    assert observation.payload == {"id": "A", **content}
    assert all(i.row == 1 and i.file_name == "one.jsonl" and i.subject == "A" for i in issues)
    return observation.notification, [(i.code, i.field_name) for i in issues]


def test_a_full_line(tmp_path: Path) -> None:
    assert set(FULL) == KEYS
    n, issues = read_one(tmp_path, **{k: v for k, v in FULL.items() if k != "id"})
    assert n.symbols == ("G/TBT/N/KOR/9001", "G/TBT/N/EEC/12/Add.1")
    assert (n.member_names, n.member_codes) == (("韩国", "欧盟"), ("KOR", "EU"))
    assert (n.distribution_date, n.comment_deadline) == (date(2025, 6, 2), date(2025, 8, 1))
    assert (n.kind, n.lang, n.keywords) == (NotificationKind.REGULAR, "zh", ("pumps",))
    assert n.hs_codes == ("8413", "841370", "84137")
    assert n.ics_codes == ("23.080", "23.8")
    assert issues == [("hs-code-malformed", "hs_codes"), ("ics-code-malformed", "ics_codes")]


def test_a_bare_line_is_enough(tmp_path: Path) -> None:
    n, issues = read_one(tmp_path, distribution_date=None, lang=None, symbols=[])
    assert (n.notification_id, n.kind, n.area, n.distribution_date) == ("A", NotificationKind.UNKNOWN, "", None)
    assert issues == []


@pytest.mark.parametrize(
    ("content", "field", "kept", "codes"),
    [
        ({"symbols": ["G/SPS/N/THA/1/Add.1"]}, "kind", NotificationKind.ADDENDUM, []),
        ({"symbols": ["G/SPS/N/THA/1/Add.1"]}, "area", "SPS", []),
        ({"symbols": ["thing 5"]}, "symbols", ("thing 5",), ["symbol-unread"]),
        ({"symbols": "G/SPS/N/THA/1"}, "symbols", ("G/SPS/N/THA/1",), ["type-wrong"]),
        ({"comment_deadline": "通报后60天"}, "comment_deadline_text", "通报后60天", []),
        ({"comment_deadline": "2025-02-30"}, "comment_deadline_text", "2025-02-30", ["date-unreadable"]),
        ({"distribution_date": "soon"}, "distribution_date", None, ["distribution-date-unreadable"]),
        ({"hs_codes": [8413]}, "hs_codes", ("8413",), ["type-wrong"]),
        ({"title": 7}, "title", "7", ["type-wrong"]),
        ({"title": {"en": "x"}}, "title", "", ["type-wrong"]),
        ({"area": "XYZ"}, "area", "", ["area-unknown"]),
        ({"lang": "zh-CN"}, "lang", "zh", []),
        ({"lang": "Chinese"}, "lang", "", ["lang-unknown"]),
        ({"url": "(page without address)"}, "url", "", ["url-unreadable"]),
        ({"members": ["虚构国"]}, "member_codes", (), ["member-unknown"]),
        ({"notification_type": "紧急通报"}, "is_emergency", True, []),
        ({"colour": "red"}, "title", "", ["key-unknown"]),
    ],
)
def test_oddities(tmp_path: Path, content: dict[str, Any], field: str, kept: object, codes: list[str]) -> None:
    n, issues = read_one(tmp_path, **content)
    assert (getattr(n, field), [code for code, _ in issues]) == (kept, codes)


def test_line_without_id_is_kept(tmp_path: Path) -> None:
    observations, issues = read(
        write(tmp_path / "a.jsonl", [{"symbols": ["G/TBT/N/KOR/1"]}, {"title": "x"}, {"id": " "}])
    )
    ids = [o.notification.notification_id for o in observations]
    assert ids[0] == "G/TBT/N/KOR/1"
    assert ids[1].startswith("row-")
    assert [o.source_key for o in observations] == ids
    assert [(i.code, i.row) for i in issues] == [("id-missing", 1), ("id-missing", 2), ("id-missing", 3)]


def test_the_later_of_two_lines_wins(tmp_path: Path) -> None:
    path = write(tmp_path / "d.jsonl", [{"id": "A", "title": "old"}, {"id": "B"}, {"id": "A", "title": "new"}])
    observations, issues = read(path)
    assert [(o.source_key, o.notification.title) for o in observations] == [("B", ""), ("A", "new")]
    assert [(i.code, i.row, i.value) for i in issues] == [("id-repeated", 1, "A")]


def test_bad_lines_do_not_end_the_run(tmp_path: Path) -> None:
    path = tmp_path / "b.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"id": "A"}\r\n\r\n{"id": "B", \r\n[1]\r\n{"id": "\xd6\xd0"}\r\n'
        + b"[" * 100_000
        + b'\r\n{"id": "C"}'
    )
    observations, issues = read(path)
    assert [(o.source_key, o.row) for o in observations] == [("A", 1), ("C", 7)]
    assert [(i.code, i.row, i.severity) for i in issues] == [
        ("json-line-unreadable", n, Severity.ERROR) for n in (3, 4, 5, 6)
    ]
    assert ["JSON" in issues[0].message, "对象" in issues[1].message, "UTF-8" in issues[2].message] == [True] * 3


def test_unknown_key_is_told_once(tmp_path: Path) -> None:
    _, issues = read(write(tmp_path / "k.jsonl", [{"id": str(i), "colour": "red"} for i in range(3)]))
    assert [(i.code, i.row, i.field_name) for i in issues] == [("key-unknown", 1, "colour")]


def test_gzip_by_content_and_progress(tmp_path: Path) -> None:
    path = tmp_path / "no-ending"
    path.write_bytes(gzip.compress(b"".join(b'{"id": "%d"}\n' % i for i in range(700))))
    seen: list[tuple[int, int | None]] = []
    assert len(list(read_jsonl(path, on_progress=lambda done, total: seen.append((done, total))))) == 700
    assert seen == [(500, 700), (700, 700)]


# Named, since gzip writes the second into its bytes and the workers of one run must agree on the names.
UNREADABLE = {
    "empty": b"",
    "no-json": b"hello\n",
    "broken-gzip": b"\x1f\x8bbroken",
    "cut-gzip": gzip.compress(b'{"id": "A"}\n' * 99)[:-9],
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_files(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jsonl").write_bytes(content)
    with pytest.raises(InputError) as error:
        list(read_jsonl(tmp_path / "x.jsonl"))
    assert error.value.next_step


@pytest.mark.skipif(not REAL.exists(), reason="the shared real notifications are not here")
def test_the_real_file() -> None:
    observations, issues = read(REAL)
    assert len(observations) == len({o.source_key for o in observations}) == 133
    assert Counter(i.code for i in issues) == {"hs-code-malformed": 5, "url-unreadable": 1}
    assert all(o.notification.member_codes and o.notification.area for o in observations)
    kinds = Counter(o.notification.kind.value for o in observations)
    assert kinds == {"regular": 90, "addendum": 23, "unknown": 10, "revision": 5, "emergency": 4, "corrigendum": 1}
