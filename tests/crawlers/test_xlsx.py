from __future__ import annotations

import random
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from crawlers.formats.xlsx import Workbook
from crawlers.formats.xlsx_strings import SharedStrings
from warehouse.errors import InputError

DAY = datetime.fromisoformat("2025-06-02")
HALF_PAST = datetime.fromisoformat("2025-06-02T08:30")


def values(path: Path) -> list[tuple[int, dict[int, object]]]:
    with Workbook(path) as book:
        return [(number, dict(cells)) for number, cells in book.rows(book.sheets[0])]


def repack(source: Path, target: Path, changes: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.pop(name, None) or old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return target


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["text", 3, 2.5, True, DAY, HALF_PAST, "=1+1", None, "end"])
    book.active.append([])
    book.active.append([None, " two  blanks \n"])
    book.save(tmp_path / "plain.xlsx")
    return tmp_path / "plain.xlsx"


def test_values_agree_with_openpyxl(plain: Path) -> None:
    theirs = openpyxl.load_workbook(plain).active.iter_rows(values_only=True)
    ours = values(plain)
    expected = [(n, {c: v for c, v in enumerate(row) if v is not None}) for n, row in enumerate(theirs, start=1)]
    assert ours == [(n, row) for n, row in expected if row]
    assert [type(v).__name__ for v in ours[0][1].values()] == [
        "str", "int", "float", "bool", "datetime", "datetime", "Formula", "str",
    ]  # fmt: skip


def test_calendar_of_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append([DAY])
    book.save(tmp_path / "mac.xlsx")
    assert values(tmp_path / "mac.xlsx") == [(1, {0: DAY})]


def test_rich_text_runs_join_and_phonetic_guides_stay_out(plain: Path, tmp_path: Path) -> None:
    sheet = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row>'
        b'<x:c t="inlineStr"><x:is><x:r><x:t>im</x:t></x:r><x:r><x:t>aginary</x:t></x:r>'
        b"<x:rPh><x:t>guide</x:t></x:rPh></x:is></x:c><x:c><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    path = repack(plain, tmp_path / "rich.xlsx", {"xl/worksheets/sheet1.xml": sheet})
    assert values(path) == [(1, {0: "imaginary", 1: 7})]


def test_shared_strings_beyond_memory_are_found_in_any_order(tmp_path: Path) -> None:
    rnd = random.Random(7)  # noqa: S311
    texts = [f"水泵 {i} " + "ü" * rnd.randrange(900) for i in range(6000)]
    with (tmp_path / "s.xml").open("wb") as out:
        out.write(b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">')
        out.writelines(f"<si><t>{text}</t></si>".encode() for text in texts)
        out.write(b"</sst>")
    with SharedStrings() as strings, (tmp_path / "s.xml").open("rb") as source:
        strings.load(source)
        assert len(strings) == len(texts)
        for index in rnd.sample(range(len(texts)), 500):
            assert strings[index] == texts[index]
        with pytest.raises(IndexError):
            strings[len(texts)]


def test_shared_string_that_is_not_there_is_damage(plain: Path, tmp_path: Path) -> None:
    sheet = b'<worksheet><sheetData><row><c t="s"><v>%d</v></c></row></sheetData></worksheet>'
    strings = b"<sst><si><t>only</t></si></sst>"
    relations = (
        b'<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
        b'<Relationship Id="rId9" Type="x/sharedStrings" Target="/xl/strings.xml"/></Relationships>'
    )

    def book(index: int) -> Path:
        changes = {
            "xl/worksheets/sheet1.xml": sheet % index,
            "xl/strings.xml": strings,
            "xl/_rels/workbook.xml.rels": relations,
        }
        return repack(plain, tmp_path / f"{index}.xlsx", changes)

    assert values(book(0)) == [(1, {0: "only"})]
    with pytest.raises(InputError, match="已损坏"):
        values(book(1))


def test_a_bomb_is_refused(plain: Path, tmp_path: Path) -> None:
    path = repack(plain, tmp_path / "bomb.xlsx", {"xl/worksheets/sheet1.xml": b" " * (40 << 20)})
    with pytest.raises(InputError, match="大得异常"):
        values(path)


def test_document_types_are_refused(plain: Path, tmp_path: Path) -> None:
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><sheetData/></worksheet>'
    with pytest.raises(InputError, match="已损坏"):
        values(repack(plain, tmp_path / "evil.xlsx", {"xl/worksheets/sheet1.xml": evil}))


def test_xml_that_is_none(plain: Path, tmp_path: Path) -> None:
    for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"):
        with pytest.raises(InputError, match="已损坏"):
            values(repack(plain, tmp_path / "broken.xlsx", {part: b"<worksheet><sheetData><row>"}))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "空文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版.xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        (b"Notifying Member,Title\n", "不是.xlsx"),
        (b"PK\x03\x04 cut off", "不完整"),
    ],
)
def test_what_is_no_workbook(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        values(tmp_path / "x.xlsx")
    assert error.value.next_step


def test_no_file_and_other_archives(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="找不到文件"):
        values(tmp_path / "none.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match="不是Excel工作簿"):
        values(tmp_path / "a.xlsx")


def test_truncated_in_the_middle(plain: Path, tmp_path: Path) -> None:
    content = bytearray(plain.read_bytes())
    with zipfile.ZipFile(plain) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 80
    content[start : start + 40] = b"\xff" * 40
    (tmp_path / "cut.xlsx").write_bytes(bytes(content))
    with pytest.raises(InputError, match="已损坏"):
        values(tmp_path / "cut.xlsx")
