"""Reads lists of specific trade concerns: rows under the WTO's column headers, and workbooks that hold such rows.

The headers and how far they are evidenced: `concerns.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

from crawlers.formats.concern_cells import is_empty, meeting_days, split_members
from crawlers.formats.concern_columns import Columns, Table, area_in, find_header, no_table, remarks
from crawlers.formats.dates import from_value
from crawlers.formats.parties import cached_code
from crawlers.formats.product_codes import hs_codes
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_block, clean_line, find_addresses, hyperlink, split_list, unescape
from crawlers.formats.xlsx import Workbook
from crawlers.formats.xlsx_rows import Formula, Value
from warehouse.records import Concern, ConcernObservation, Issue, Severity
from warehouse.symbols import split_symbols

# The platform's page of a concern, as ePing's own links address it.
_PAGE: Final = "https://eping.wto.org/en/TradeConcerns/Details?imsId={number}&domainId={area}"
_DIGITS: Final = re.compile(r"\d+(?:\.0+)?(?!\d)")
_COUNT: Final = re.compile(r"(\d{1,4})(?:\.0+)?(?: (?:times|fois|veces))?", re.IGNORECASE)
_NOTIFICATION: Final = re.compile(r"G/(?:TBT|SPS)/N", re.IGNORECASE)
_AROUND_SYMBOLS: Final = re.compile(r"[()\[\]]|[.:](?=[\s)\]]|$)")
_CHECK: Final = "请对照WTO贸易关注数据库核实。"


def read_concern(
    row: Mapping[str, Value], columns: Columns, issues: RowIssues, *, area: str = "", epoch_1904: bool = False
) -> Concern | None:
    """One row (header -> value) as a record; None, with an issue, where it has no number or no known committee.

    `area` is what is known from outside the row, such as the name of the sheet. A row of another committee than TBT
    and SPS gives None with a warning. Dates may be Excel dates, ISO, day first or written ("June 2019",
    "20-21 June 2019"); a month counts from its first day.
    """
    return _Row(row, columns, issues, area, epoch_1904).concern()


def read_concern_workbook(path: Path) -> Iterator[ConcernObservation | Issue]:
    """Yield every row of every sheet that carries the essential headers, and an `Issue` for all that is odd.

    The payload holds the row's filled cells as text under the file's headers. Raises `InputError`, on the first step,
    where no sheet carries them; it names the missing columns and all headers that were found.
    """
    with Workbook(path) as workbook:
        tables = [table for sheet in workbook.sheets if (table := find_header(workbook, sheet)) is not None]
        complete = [table for table in tables if not table.columns.missing]
        if not complete:
            raise no_table(workbook, max(tables, key=lambda table: len(table.columns.headers), default=None))
        for table in tables:
            yield from remarks(path.name, table)
        seen: set[str] = set()
        for table in complete:
            yield from _read_sheet(workbook, table, seen)


def _read_sheet(workbook: Workbook, table: Table, seen: set[str]) -> Iterator[ConcernObservation | Issue]:
    file_name, sheet_area = workbook.path.name, area_in(table.sheet.name)
    others: set[str] = set()
    leftmost: dict[str, int] = {}  # of headers that stand twice only the first column is read
    for column, header in table.headers.items():
        leftmost.setdefault(header, column)
    for number, cells in workbook.rows(table.sheet):
        row: dict[str, Value] = {}
        payload: dict[str, object] = {}
        for column, value in cells.items():
            header = table.headers.get(column) or f"column {column + 1}"
            shown = _shown(value)
            if shown.strip():
                payload[header if header not in payload else f"{header} ({column + 1})"] = shown
                if leftmost.get(header) == column:
                    row[header] = value
        if number <= table.header_row or not payload:
            continue
        issues = RowIssues(file_name, number)
        concern = read_concern(row, table.columns, issues, area=sheet_area, epoch_1904=workbook.epoch_1904)
        if concern is not None and concern.concern_id in seen:
            issues.add(
                "concern-repeated",
                Severity.WARNING,
                f"特别贸易关注{concern.concern_id}在文件中不止一行，以靠后的一行为准。",
                value=concern.concern_id,
                next_step="若该文件按会议或成员分行，请通知系统维护人员。",
            )
        for issue in issues.take():
            if issue.code != "concern-of-other-body":
                yield issue
            elif issue.value not in others:  # one remark a committee, not one a row
                others.add(issue.value)
                yield issue
        if concern is not None:
            seen.add(concern.concern_id)
            yield ConcernObservation(source_key=concern.concern_id, payload=payload, concern=concern, row=number)


class _Row:
    """One row while it is taken apart."""

    __slots__ = ("_area", "_columns", "_epoch_1904", "_issues", "_row", "_unknown_members")

    def __init__(
        self, row: Mapping[str, Value], columns: Columns, issues: RowIssues, area: str, epoch_1904: bool
    ) -> None:
        self._row = row
        self._columns = columns
        self._issues = issues
        self._area = area
        self._epoch_1904 = epoch_1904
        self._unknown_members: dict[str, None] = {}

    def concern(self) -> Concern | None:
        address, number = self._link_and_text("number")
        digits = [found.partition(".")[0] for found in _DIGITS.findall(number)]
        if len(digits) != 1:
            self._warn(
                "concern-number-unread", "number", f"编号“{number}”不是一个特别贸易关注编号，该行未收录。", error=True
            )
            return None
        area = self._find_area(number)
        if not area:
            return None
        concern_id = self._issues.subject = f"{area}-{int(digits[0])}"
        title = clean_line(self._text("title"))
        if not title:
            self._warn("concern-title-missing", "title", "该特别贸易关注没有标题，已按空白收录。")
        responding, raising, supporting = (self._members(field) for field in ("responding", "raising", "supporting"))
        first, last = self._dates()
        page = address or next(iter(find_addresses(" ".join(self._link_and_text("url")))), "")
        description = clean_block(self._text("description"))
        return Concern(
            concern_id=concern_id,
            area=area,
            number=number,
            title=title,
            responding_members=responding,
            raising_members=raising,
            supporting_members=supporting,
            member_names=tuple(self._unknown_members),
            first_raised=first,
            last_raised=last,
            n_times_raised=self._times(),
            symbols=self._symbols(title, description),
            status=clean_line(self._text("status")),
            products_text=clean_block(self._text("products")),
            hs_codes=hs_codes(self._text("hs"), self._issues, self._header("hs")),
            objectives=split_list(self._text("objectives")),
            description=description,
            lang=self._columns.lang,
            url=page or _PAGE.format(number=int(digits[0]), area=area),
        )

    def _find_area(self, number: str) -> str:
        stated = clean_line(self._text("area"))
        area = area_in(stated) or ("" if stated else area_in(number) or self._area)
        if not area and stated:
            self._issues.add(
                "concern-of-other-body",
                Severity.WARNING,
                f"“{stated}”不是TBT或SPS委员会，其贸易关注未收录。",
                field=self._header("area"),
                value=stated,
                next_step="若确为其他机构的贸易关注，无须处理；否则请通知系统维护人员补充该写法。",
            )
        elif not area:
            self._warn(
                "concern-area-missing",
                "number",
                f"编号{number}的贸易关注看不出属于TBT还是SPS，该行未收录。",
                error=True,
            )
        return area

    def _members(self, field: str) -> tuple[str, ...]:
        codes: dict[str, None] = {}
        for name in split_members(self._text(field)):
            code = cached_code(name)
            if code is not None:
                codes[code] = None
            elif name not in self._unknown_members:
                self._unknown_members[name] = None
                text = f"成员名称“{name}”不在成员名录中，已按原文保留。"
                self._warn("concern-member-unknown", field, text, value=name)
        return tuple(codes)

    def _dates(self) -> tuple[date | None, date | None]:
        listed = self._days("dates")
        first = min(self._days("first") or listed, default=None)
        last = max(self._days("last") or listed, default=None)
        if first is not None and last is not None and last < first:
            self._warn("concern-dates-crossed", "last", f"末次提出日期{last}早于首次提出日期{first}，均按原文收录。")
        return first, last

    def _days(self, field: str) -> tuple[date, ...]:
        value = self._row.get(self._columns.headers.get(field, ""))
        if value is None:
            return ()
        text = clean_line(self._text(field))
        found = None if isinstance(value, str) else from_value(value, epoch_1904=self._epoch_1904)
        days = meeting_days(text) if found is None else (found,)
        if not days and not is_empty(text):
            self._warn("concern-date-unread", field, f"提出日期“{text}”无法识别，该字段已留空。", value=text)
        return days

    def _times(self) -> int | None:
        for field, more in (("times", 0), ("times_after", 1)):
            text = clean_line(self._text(field))
            if is_empty(text):
                continue
            if found := _COUNT.fullmatch(text):
                return int(found[1]) + more
            self._warn("concern-count-unread", field, f"提出次数“{text}”不是数字，该字段已留空。", value=text)
        return None

    def _symbols(self, *texts: str) -> tuple[str, ...]:
        """Symbols in the column of documents, then those that the texts mention; other documents do not count."""
        found, leftovers = _find_symbols(self._text("symbols"))
        for text in texts:
            found |= _find_symbols(text)[0]
        if broken := "、".join(piece for piece in leftovers if _NOTIFICATION.match(piece)):
            text = f"单元格中的“{broken}”不是完整的通报号，已略去，原文已保留。"
            self._warn("symbol-unread", "symbols", text, value=broken)
        return tuple(found)

    def _header(self, field: str) -> str:
        return clean_line(self._columns.headers.get(field, ""))

    def _text(self, field: str) -> str:
        return self._link_and_text(field)[1]

    def _link_and_text(self, field: str) -> tuple[str, str]:
        """Address and shown text of a cell; of a formula that is no hyperlink nothing, with an issue."""
        value = self._row.get(self._columns.headers.get(field, ""))
        if value is None:
            return "", ""
        if not isinstance(value, Formula):
            return "", _shown(value).strip()
        parts = hyperlink(value)
        if parts is None:
            self._warn(
                "formula-unread", field, f"“{self._header(field)}”列是HYPERLINK以外的公式，已按空白处理。", value=value
            )
            return "", ""
        return "".join(parts[0].split()), parts[1].strip()

    def _warn(self, code: str, field: str, message: str, *, value: str = "", error: bool = False) -> None:
        severity = Severity.ERROR if error else Severity.WARNING
        value = value or _shown(self._row.get(self._columns.headers.get(field, ""), ""))
        self._issues.add(code, severity, message, field=self._header(field), value=value, next_step=_CHECK)


def _find_symbols(text: str) -> tuple[dict[str, None], tuple[str, ...]]:
    symbols, leftovers = split_symbols(_AROUND_SYMBOLS.sub(" ", unescape(text)))
    return dict.fromkeys(symbol.text for symbol in symbols), leftovers


def _shown(value: Value) -> str:
    """A cell as text: dates ISO, whole numbers without a fraction."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else str(value)
