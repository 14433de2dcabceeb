"""The last look finds a firm, a number or an address in any string of a finished file, and nothing where none is."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from pipeline.bulletin.named_firms import FirmFinder
from pipeline.steps.public_check import require_public
from warehouse.errors import StageError
from warehouse.facts import ListedFirm

FIRM = "武汉曜穹光纤股份有限公司"
FIRMS = FirmFinder([ListedFirm(FIRM, credit_code="91420100MA4K1X2Y3Z")])

RUNS = "<w:p><w:r><w:t>曜穹</w:t></w:r><w:r><w:rPr/><w:t>光纤</w:t></w:r></w:p>"


def packed(part: str, xml: str) -> bytes:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as parts:
        parts.writestr(part, xml)
        parts.writestr("media/image1.png", b"\x89PNG")
    return book.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", f"<p>据{FIRM}反映</p>".encode()),
        ("a.html", "<p>据武汉<strong>曜穹</strong>光纤反映</p>".encode()),
        ("a.html", "<img alt='' ><table aria-label=\"曜穹光纤\"></table>".encode()),
        ("a.html", "<p>&#26332;穹光纤</p>".encode()),
        ("a.html", "<p>电话 139 7123 4567</p>".encode()),
        ("a.html", b"<p>a.b@firm.example</p>"),
        ("a.docx", packed("word/document.xml", RUNS)),
        ("a.docx", packed("docProps/core.xml", "<dc:title>曜穹光纤</dc:title>")),
        ("a.xlsx", packed("xl/sharedStrings.xml", "<si><t>91420100MA4K1X2Y3Z</t></si>")),
        ("a.json", json.dumps({"items": [{"reasons": ["曜穹公司"]}]}).encode()),
        ("data/measures.js", "window.tbtSite={\"t\":\"曜穹光纤\"};".encode()),
        ("atom.xml", "<title>曜穹光纤</title>".encode()),
    ],
)  # fmt: skip
def test_what_is_not_for_the_public_stops_the_files_and_names_the_file(name: str, content: bytes) -> None:
    with pytest.raises(StageError) as caught:
        require_public({"x.html": b"<p></p>", name: content}, FIRMS)
    assert name in caught.value.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", "<p>曜穹</p><p>光纤</p>".encode()),
        ("a.html", b"<td>1</td><td>3971234567</td>"),
        ("a.html", b"<svg viewBox='13971234567'><path d='M13 97 12 34 56 7'/></svg>"),
        ("a.html", b"<a href='https://x.example/13971234567'>https://x.example/13971234567</a>"),
        ("a.xlsx", packed("xl/worksheets/sheet1.xml", "<c><v>13971234567</v></c>")),
        ("a.html", "<p>编发单位：武汉市工作组 13971234567</p>".encode()),
        ("a.pdf", b"%PDF"),
    ],
)
def test_other_words_and_the_offices_own_pass(name: str, content: bytes) -> None:
    require_public({name: content}, FIRMS, own=("武汉市工作组", "13971234567" if "编发".encode() in content else ""))
