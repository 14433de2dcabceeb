from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from crawlers.formats.detect import detect
from warehouse.errors import InputError

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
LINE = {"id": "A", "symbols": [], "title": "x"}
ITEM = {"id": 1, "documentSymbol": "G/TBT/N/KEN/1", "title": "x", "area": "TBT"}


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (json.dumps(LINE), "interchange"),
        ("\ufeff\n{broken\n" + json.dumps(LINE), "interchange"),
        (json.dumps({"items": [], "totalCount": 0}), "eping-json"),
        (json.dumps({"items": [ITEM]}, indent=2), "eping-json"),
        (json.dumps([ITEM], indent=2), "eping-json"),
        (json.dumps([{"items": [ITEM]}]), "eping-json"),
    ],
)
def test_by_content(tmp_path: Path, content: str, form: str) -> None:
    (tmp_path / "misnamed.xlsx").write_text(content, encoding="utf-8")
    assert detect(tmp_path / "misnamed.xlsx") == form
    (tmp_path / "packed").write_bytes(gzip.compress(content.encode()))
    assert detect(tmp_path / "packed") == form


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "空文件"),
        (b"<!DOCTYPE html><html>login</html>", "网页"),
        (b"id,title\n1,x\n", "不是可识别"),
        (b'{"name": "x"}\n', "不含通报数据"),
        (b"{not json", "不含通报数据"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版.xls"),
        (b"PK\x03\x04", "不完整"),
    ],
)
def test_other_files_say_what_was_expected(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "x.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        detect(tmp_path / "x.jsonl")
    assert error.value.next_step


def test_a_workbook_of_something_else(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["企业名称", "产品"])
    book.save(tmp_path / "exporters.xlsx")
    with pytest.raises(InputError, match="没有ePing通报表"):
        detect(tmp_path / "exporters.xlsx")


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not here")
def test_the_real_files() -> None:
    assert detect(SHARED / "eping_export_2025-06.xlsx") == "eping-workbook"
    assert detect(SHARED / "notifications_dev.jsonl") == "interchange"
    with pytest.raises(InputError):
        detect(SHARED / "exporters.csv")
