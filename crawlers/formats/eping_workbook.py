"""Reads the WTO ePing platform's workbooks: the "Export Search Results" file and the bulk file, one row at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final

from crawlers.formats.date_fields import date_or_text, distribution_date
from crawlers.formats.eping_columns import Table, find_table
from crawlers.formats.identity import stand_in_id
from crawlers.formats.kinds import area_of, kind_of
from crawlers.formats.parties import member_codes
from crawlers.formats.product_codes import hs_codes, ics_codes
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_block, clean_line, find_addresses, hyperlink, split_list
from crawlers.formats.xlsx import Workbook
from crawlers.formats.xlsx_rows import Formula, Value
from warehouse.records import Issue, Notification, Observation, Severity
from warehouse.symbols import Symbol, split_symbols

_PROGRESS_EVERY: Final = 500
_LINKS: Final = {"en": "link_en", "fr": "link_fr", "es": "link_es"}


def read_workbook(
    path: Path, *, on_progress: Callable[[int, int | None], None] | None = None
) -> Iterator[Observation | Issue]:
    """Yield every row of an ePing workbook as an `Observation`, and an `Issue` for all that is odd in it.

    A joint notification stands once a member: each row is an observation of its own, `notification_id` is the first
    symbol of all of them. The payload holds the row's filled cells as text under the file's headers; formulas stay
    formulas, dates are ISO. `on_progress` gets the number of rows read and, where the sheet states it, of all rows.
    Memory does not grow with the file. Raises `InputError`, on the first step, where the file is no such workbook.
    """
    with Workbook(path) as workbook:
        file_issues = RowIssues(path.name, None)
        table = find_table(workbook, file_issues)
        yield from file_issues.take()
        last_row = workbook.last_row(table.sheet)
        total = last_row - table.header_row if last_row is not None and last_row > table.header_row else None
        read = 0
        seen: set[int] = set()
        for number, cells in workbook.rows(table.sheet):
            if number <= table.header_row:
                continue
            row = _Row(path.name, number, cells, table, workbook.epoch_1904)
            if not row.payload:
                continue
            observation = row.observation()
            key = hash(observation.source_key)
            if key in seen:
                row.issues.add(
                    "row-repeated",
                    Severity.WARNING,
                    f"通报{observation.notification.notification_id}的同一成员在文件中重复出现，以靠后的一行为准。",
                    value=observation.source_key,
                    next_step="请核对来源文件。",
                )
            seen.add(key)
            yield from row.issues.take()
            yield observation
            read += 1
            if on_progress is not None and read % _PROGRESS_EVERY == 0:
                on_progress(read, total)
        if on_progress is not None:
            on_progress(read, total)


class _Row:
    """One row of the table while it is taken apart."""

    __slots__ = ("_cells", "_columns", "_epoch_1904", "_headers", "issues", "number", "payload")

    def __init__(self, file_name: str, number: int, cells: dict[int, Value], table: Table, epoch_1904: bool) -> None:
        self.number = number
        self.issues = RowIssues(file_name, number)
        self._cells = cells
        self._columns = table.columns
        self._headers = table.headers
        self._epoch_1904 = epoch_1904
        self.payload: dict[str, object] = {}
        for column, value in cells.items():
            shown = _shown(value)
            if shown and not shown.isspace():
                name = table.headers.get(column) or f"column {column + 1}"
                self.payload[name if name not in self.payload else f"{name} ({column + 1})"] = shown

    def observation(self) -> Observation:
        """The row as a record; what is odd goes to `issues`."""
        symbols, url = self._symbols()
        names = tuple(name for name in (clean_line(self._text("member")),) if name)
        if symbols:
            notification_id = self.issues.subject = symbols[0].text
        else:
            notification_id = self.issues.subject = stand_in_id(self.payload)
            self._issue_no_symbol(notification_id)
        type_text = clean_line(self._text("type"))
        kind, is_emergency = kind_of(type_text, symbols, self.issues, self._header("type"))
        objectives = split_list(self._text("objectives"))
        deadline, deadline_text = self._date_or_text("deadline")
        adoption, adoption_text = self._date_or_text("adoption")
        entry, entry_text = self._date_or_text("entry")
        texts = tuple(symbol.text for symbol in symbols)
        notification = Notification(
            notification_id=notification_id,
            symbols=texts,
            area=area_of(symbols, type_text, *objectives),
            kind=kind,
            is_emergency=is_emergency,
            notification_type=type_text,
            member_names=names,
            member_codes=member_codes(names, symbols, self.issues, self._header("member")),
            distribution_date=distribution_date(
                self._dated("distribution_date"),
                self.issues,
                self._header("distribution_date"),
                epoch_1904=self._epoch_1904,
            ),
            comment_deadline=deadline,
            comment_deadline_text=deadline_text,
            adoption_date=adoption,
            adoption_text=adoption_text,
            entry_into_force_date=entry,
            entry_into_force_text=entry_text,
            title=clean_line(self._text("title")),
            description=clean_block(self._text("description")),
            products_text=clean_block(self._text("products")),
            hs_codes=hs_codes(self._text("hs"), self.issues, self._header("hs")),
            ics_codes=ics_codes(self._text("ics"), self.issues, self._header("ics")),
            objectives=objectives,
            keywords=split_list(self._text("keywords")),
            affected_regions=clean_line(self._text("regions")),
            url=url,
            document_links=self._documents(),
            notification_links={lang: link for lang, field in _LINKS.items() if (link := self._link(field))},
        )
        key = f"{','.join(texts) or notification_id}|{names[0] if names else ''}"
        return Observation(source_key=key, payload=self.payload, notification=notification, row=self.number)

    def _header(self, field: str) -> str:
        column = self._columns.get(field)
        return "" if column is None else clean_line(self._headers[column])

    def _value(self, field: str) -> Value | None:
        column = self._columns.get(field)
        return None if column is None else self._cells.get(column)

    def _text(self, field: str) -> str:
        """The field's text; of a hyperlink the shown text; of any other formula nothing, with an issue."""
        value = self._value(field)
        if value is None:
            return ""
        if isinstance(value, Formula):
            return self._target(field, value)[1]
        return _shown(value)

    def _target(self, field: str, formula: Formula) -> tuple[str, str]:
        parts = hyperlink(formula)
        if parts is not None:
            return parts
        self.issues.add(
            "formula-unread",
            Severity.WARNING,
            f"第{self.number}行“{self._header(field)}”列是HYPERLINK以外的公式，已按空白处理。",
            field=self._header(field),
            value=formula,
            next_step="请在Excel中把该列“选择性粘贴为数值”后重新导入。",
        )
        return "", ""

    def _symbols(self) -> tuple[tuple[Symbol, ...], str]:
        value = self._value("symbol")
        address, text = self._target("symbol", value) if isinstance(value, Formula) else ("", self._text("symbol"))
        symbols, leftovers = split_symbols(text)
        if symbols and leftovers:
            self.issues.subject = symbols[0].text
            self.issues.add(
                "symbol-unread",
                Severity.WARNING,
                f"通报号单元格中的“{' '.join(leftovers)}”不是通报号，已略去，原文已保留。",
                field=self._header("symbol"),
                value=text,
                next_step="请对照通报原文核实。",
            )
        return symbols, "".join(address.split())

    def _issue_no_symbol(self, notification_id: str) -> None:
        self.issues.add(
            "symbol-missing",
            Severity.WARNING,
            f"该行没有可识别的通报号，已用临时编号{notification_id}收录。",
            field=self._header("symbol"),
            value=self._value("symbol") or "",
            next_step="请对照通报原文补正通报号后重新导入。",
        )

    def _date_or_text(self, field: str) -> tuple[date | None, str]:
        return date_or_text(self._dated(field), self.issues, self._header(field), epoch_1904=self._epoch_1904)

    def _dated(self, field: str) -> Value:
        """The cell of a date column: a date or a number as it came, text cleaned, "" for an empty cell."""
        value = self._value(field)
        if value is None:
            return ""
        return clean_line(self._text(field)) if isinstance(value, str) else value

    def _documents(self) -> tuple[str, ...]:
        value = self._value("documents")
        if isinstance(value, Formula):
            value = self._target("documents", value)[0]
        if value is None or value == "":
            return ()
        found = find_addresses(_shown(value))
        if not found and _shown(value).strip():
            self.issues.add(
                "document-link-unread",
                Severity.INFO,
                "该行的通报文本一栏没有网址，原文已保留。",
                field=self._header("documents"),
                value=_shown(value),
            )
        return found

    def _link(self, field: str) -> str:
        value = self._value(field)
        if value is None:
            return ""
        if isinstance(value, Formula):
            return "".join(self._target(field, value)[0].split())
        return next(iter(find_addresses(_shown(value))), "")


def _shown(value: Value) -> str:
    """A cell as text: dates ISO, whole numbers without a fraction."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
