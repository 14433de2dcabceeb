"""HS and ICS codes out of cells and lists, with an issue for every piece that is none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_line
from warehouse.records import Severity

# "8517 - Telephone sets; parts; 850440 - Static converters": descriptions hold semicolons too, so only a number before
# " - " (or one that stands alone between semicolons) opens an entry.
_HS_ENTRY: Final = re.compile(r"(?:^|;\s*)(\d{2,10})(?= - |\s*;|\s*$)")
_ICS_ENTRY: Final = re.compile(r"(?:^|;\s*)(\d{2}(?:\.\d{1,4}){0,2})(?= - |\s*;|\s*$)")
_BARE_SEPARATOR: Final = re.compile(r"[;,；，、\s]+")
_HS_BARE: Final = re.compile(r"(?:HS)?:?(\d[\d.]*)", re.IGNORECASE)
_ICS_BARE: Final = re.compile(r"(?:ICS)?:?(\d[\d.]*)", re.IGNORECASE)
_ICS_FORM: Final = re.compile(r"\d{2}(?:\.\d{3}(?:\.\d{2})?)?")
_HS_LENGTHS: Final = frozenset({2, 4, 6, 8, 10})


def hs_codes(value: str | Iterable[str], issues: RowIssues, field: str) -> tuple[str, ...]:
    """HS codes of a cell or a list: digits, in order, each once. A code of odd length is kept and gets an issue."""
    found = dict.fromkeys(
        code.replace(".", "") for code in _codes(value, _HS_ENTRY, _HS_BARE, issues, field=field, scheme="HS")
    )
    for code in found:
        if len(code) not in _HS_LENGTHS or code.startswith("00"):
            issues.add(
                "hs-code-malformed",
                Severity.WARNING,
                f"HS编码“{code}”不是2、4、6、8或10位的有效编码，已按原样保留。",
                field=field,
                value=code,
                next_step="请对照通报原文核实该编码。",
            )
    return tuple(found)


def ics_codes(value: str | Iterable[str], issues: RowIssues, field: str) -> tuple[str, ...]:
    """ICS codes of a cell or a list, in order, each once, with their dots. A malformed one is kept, with an issue."""
    found = dict.fromkeys(
        code.strip(".") for code in _codes(value, _ICS_ENTRY, _ICS_BARE, issues, field=field, scheme="ICS")
    )
    for code in found:
        if _ICS_FORM.fullmatch(code) is None:
            issues.add(
                "ics-code-malformed",
                Severity.WARNING,
                f"ICS编码“{code}”不符合“67.060”的写法，已按原样保留。",
                field=field,
                value=code,
                next_step="请对照通报原文核实该编码。",
            )
    return tuple(found)


def _codes(
    value: str | Iterable[str],
    entry: re.Pattern[str],
    bare: re.Pattern[str],
    issues: RowIssues,
    *,
    field: str,
    scheme: str,
) -> list[str]:
    if not value:
        return []
    found: list[str] = []
    for text in [value] if isinstance(value, str) else value:
        line = clean_line(text)
        if " - " in line:
            first = entry.search(line)
            if first is None or first.start() > 0:
                _unread(line if first is None else line[: first.start()], issues, field, scheme)
            found += entry.findall(line)
            continue
        for piece in _BARE_SEPARATOR.split(line):
            if match := bare.fullmatch(piece):
                found.append(match[1])
            elif piece and piece.upper() != scheme:
                _unread(piece, issues, field, scheme)
    return found


def _unread(text: str, issues: RowIssues, field: str, scheme: str) -> None:
    issues.add(
        f"{scheme.lower()}-code-unread",
        Severity.WARNING,
        f"“{field}”中有一段文字读不出{scheme}编码，该段未计入编码，原文已保留。",
        field=field,
        value=text,
        next_step="请对照通报原文核实；确有编码的，请在来源文件中改正后重新导入。",
    )
