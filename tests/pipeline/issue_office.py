"""The office of four cases in the days after its month: what the tests of drafting, editing and releasing do there."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from pipeline.cli import main

MONTH = "2026-03"
AFTER = "2026-04-02T09:00+08:00"
TITLE = "境外技术性贸易措施风险信息提示"


@dataclass(frozen=True)
class Said:
    """How one call ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


def tb(home: Path, *arguments: object, now: str = AFTER) -> Said:
    """Run `tbtwatch` in this process; an exception that it does not word for a user fails the test."""
    out, err, argv = io.StringIO(), io.StringIO(), sys.argv
    flags = [each for each in arguments if each == "--json"]
    sys.argv = [
        "tbtwatch", "--home", str(home), "--now", now, *map(str, flags),
        *(str(each) for each in arguments if each != "--json"),
    ]  # fmt: skip
    code = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    finally:
        sys.argv = argv
    return Said(code, out.getvalue(), err.getvalue())


def drafted(home: Path, *, now: str = AFTER) -> Path:
    """Draft the month and return its folder."""
    done = tb(home, "report", "--month", MONTH, now=now)
    assert done.code == 0, done.err
    return home / "reports" / MONTH


def released(home: Path, *, now: str = AFTER) -> Path:
    """Release the month in spite of what nobody judged and return the folder of its files."""
    done = tb(home, "report", "release", "--month", MONTH, "--by", "处长", "--anyway", "测试", now=now)
    assert done.code == 0, done.err
    return home / "reports" / MONTH / "正式"


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def filled_sheet(folder: Path, name: str, **texts: str) -> Path:
    """A copy of the month's workbook with texts filled in by slot and case: `content__G/TBT/N/ATL/1="..."`."""
    path = folder / name
    shutil.copyfile(folder / f"编辑表_{MONTH}.xlsx", path)
    book = openpyxl.load_workbook(path)
    sheet: Any = book["编辑表"]
    left = dict(texts)
    for row in range(2, sheet.max_row + 1):
        slot, case_id = (sheet.cell(row, column).value or "" for column in (8, 9))
        key = f"{slot}__{case_id}" if case_id else slot
        if key in left:
            sheet.cell(row, 7).value = left.pop(key)
    assert not left, f"no such row: {left}"
    book.save(path)
    return path


def page(folder: Path, *, restricted: bool = False) -> str:
    """The drafted web page of the month."""
    name = f"内部版/{TITLE}_{MONTH}_内部.html" if restricted else f"{TITLE}_{MONTH}.html"
    return (folder / name).read_text("utf-8")
