"""The city's list of key exporters (重点企业清单) from .csv or .xlsx: firms, product lines, and what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from warehouse.intake.columns import Columns, is_header, match_columns
from warehouse.intake.fields import (
    check_amount,
    check_credit_code,
    check_emails,
    check_flag,
    check_markets,
    check_subscription,
    read_flag,
)
from warehouse.intake.findings import Finding, Report, make_finding
from warehouse.intake.hs_field import check_hs
from warehouse.intake.tables import Row, read_table
from warehouse.records import Contact, Exporter, Issue, ProductLine, Severity, Subscription

_FLAGS = ("is_negotiation_key", "is_survey_sample")
_FIRM_FIELDS = (
    "name", "short_name", "credit_code", "district", "industry_chain", "email", "post", "subscription", *_FLAGS,
)  # fmt: skip
_PERSONAL = frozenset({"email"})  # never repeated in an issue
_VALUE_LENGTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportersFile:
    """What a file held: firms in the order of first appearance, issues by row, and the number of rows with content."""

    exporters: tuple[Exporter, ...]
    issues: tuple[Issue, ...]
    n_rows: int


@dataclass(slots=True)
class _Firm:
    """One firm while its rows are read."""

    exporter: Exporter
    first_row: int
    cells: Mapping[str, str]
    lines: dict[str, tuple[int, ProductLine]] = field(default_factory=dict)


class _Issues:
    """Collects issues of one file."""

    def __init__(self, file_name: str, columns: Columns) -> None:
        self.found: list[Issue] = []
        self._file_name = file_name
        self._columns = columns

    def add(self, finding: Finding, row: int | None, name: str, subject: str = "") -> None:
        value = finding.value
        self.found.append(
            Issue(
                code=finding.code,
                severity=finding.severity,
                message=finding.message,
                next_step=finding.next_step,
                file_name=self._file_name,
                row=row,
                field_name=self._columns.header(name) or name,
                value=value if len(value) <= _VALUE_LENGTH else f"{value[:_VALUE_LENGTH]}…",
                subject=subject,
            )
        )

    def at(self, row: int, name: str, subject: str) -> Report:
        """A reporter for one cell; mute where the column is absent, which is one issue of its own and not one a row."""
        if name not in self._columns.places:
            return lambda _: None
        return lambda finding: self.add(finding, row, name, subject)


def read_exporters(path: Path) -> ExportersFile:
    """Read the exporters' list: good rows and an issue for every cell that is missing, doubtful or wrong.

    A row is left out only without 企业编号 or 产品名称, or where it repeats a product of its firm: always an issue.
    Raises InputError for a file that cannot be read as a whole.
    """
    table = read_table(path, is_header)
    columns, column_findings = match_columns(table.header)
    issues = _Issues(path.name, columns)
    for name, finding in column_findings:
        issues.add(finding, table.header_row, name)
    firms: dict[str, _Firm] = {}
    for number, row in table.rows:
        _read_row(number, row, columns, firms, issues)
    if not firms:
        issues.add(
            make_finding("no-rows", Severity.ERROR, "清单里没有可用的数据行。", "请检查表头下方是否有数据。"), None, ""
        )
    exporters = tuple(
        replace(firm.exporter, lines=tuple(line for _, line in firm.lines.values())) for firm in firms.values()
    )
    return ExportersFile(exporters=exporters, issues=tuple(issues.found), n_rows=len(table.rows))


def line_id(exporter_id: str, product_name: str) -> str:
    """The stable id of a product line: "L" and 12 hexadecimal digits."""
    return "L" + hashlib.sha256(f"{exporter_id}\x1f{product_name}".encode()).hexdigest()[:12]


def _read_row(number: int, row: Row, columns: Columns, firms: dict[str, _Firm], issues: _Issues) -> None:
    exporter_id = columns.cell(row, "exporter_id").text
    product_name = " ".join(columns.cell(row, "product_name").text.split())
    for name, value in (("exporter_id", exporter_id), ("product_name", product_name)):
        if not value:
            header = columns.header(name)
            shown = next((cell.text for cell in row if cell.text), "")
            finding = make_finding(
                "row-dropped",
                Severity.ERROR,
                f"本行没有“{header}”，未导入。",
                "请补填；如是合计或说明行，可以不管；合并单元格请取消合并、逐行填写。",
                shown,
            )
            issues.add(finding, number, name, exporter_id)
            return
    firm = firms.get(exporter_id)
    if firm is None:
        firm = firms[exporter_id] = _new_firm(number, row, exporter_id, columns, issues)
    else:
        _compare_firm(number, row, firm, columns, issues)
    earlier = firm.lines.get(product_name)
    if earlier is not None:
        finding = make_finding(
            "product-repeated",
            Severity.WARNING,
            f"同一企业的这一产品在第{earlier[0]}行已经出现，本行未导入。",
            "请删去重复行；如是不同产品，请在产品名称中区分。",
            product_name,
        )
        issues.add(finding, number, "product_name", exporter_id)
        return
    firm.lines[product_name] = (number, _line(number, row, exporter_id, product_name, columns, issues))


def _line(number: int, row: Row, exporter_id: str, product_name: str, columns: Columns, issues: _Issues) -> ProductLine:
    note = columns.cell(row, "note").text
    market = columns.cell(row, "market_text")
    hs = check_hs(columns.cell(row, "hs_code"), note, issues.at(number, "hs_code", exporter_id))
    return ProductLine(
        line_id=line_id(exporter_id, product_name),
        exporter_id=exporter_id,
        product_name=product_name,
        description=columns.cell(row, "description").text,
        hs_code=hs.digits,
        hs_edition=hs.edition,
        market_text=market.text,
        market_codes=check_markets(market, issues.at(number, "market_text", exporter_id)),
        annual_export_cny_10k=check_amount(
            columns.cell(row, "annual_export"), issues.at(number, "annual_export", exporter_id)
        ),
        note=note,
    )


def _new_firm(number: int, row: Row, exporter_id: str, columns: Columns, issues: _Issues) -> _Firm:
    name = columns.cell(row, "name").text
    if not name:
        finding = make_finding("name-missing", Severity.WARNING, "没有填写企业名称。", "请补填企业全称。")
        issues.at(number, "name", exporter_id)(finding)
    subscription = check_subscription(columns.cell(row, "subscription"), issues.at(number, "subscription", exporter_id))
    email = columns.cell(row, "email")
    addresses = check_emails(email, issues.at(number, "email", exporter_id))
    if not email.text:
        finding = make_finding(
            "email-missing", Severity.WARNING, "没有填写联系邮箱，该企业收不到预警邮件。", "请补填关企联络员邮箱。"
        )
        issues.at(number, "email", exporter_id)(finding)
    post = columns.cell(row, "post").text
    contacts = tuple(Contact(exporter_id=exporter_id, post=post, email=address) for address in addresses)
    exporter = Exporter(
        exporter_id=exporter_id,
        name=name,
        short_name=columns.cell(row, "short_name").text,
        credit_code=check_credit_code(columns.cell(row, "credit_code"), issues.at(number, "credit_code", exporter_id)),
        district=columns.cell(row, "district").text,
        industry_chain=columns.cell(row, "industry_chain").text,
        subscription=subscription or Subscription.DAILY,
        is_negotiation_key=_flag(number, row, exporter_id, "is_negotiation_key", columns, issues),
        is_survey_sample=_flag(number, row, exporter_id, "is_survey_sample", columns, issues),
        contacts=contacts if subscription is not None else (),
    )
    return _Firm(exporter, number, {name: _stated(name, columns.cell(row, name).text) for name in _FIRM_FIELDS})


def _flag(number: int, row: Row, exporter_id: str, name: str, columns: Columns, issues: _Issues) -> bool:
    return check_flag(columns.cell(row, name), issues.at(number, name, exporter_id))


def _stated(name: str, text: str) -> str:
    """The text of a cell as it is compared with that of another row: of a mark only what it says."""
    said = read_flag(text) if text and name in _FLAGS else None
    return text if said is None else "是" if said else "否"


def _compare_firm(number: int, row: Row, firm: _Firm, columns: Columns, issues: _Issues) -> None:
    for name in _FIRM_FIELDS:
        value = _stated(name, columns.cell(row, name).text)
        is_blank_no = name in _FLAGS and value == "否" and not firm.cells[name]
        if not value or value == firm.cells[name] or is_blank_no:
            continue
        header = columns.header(name)
        said = (
            f"“{header}”与第{firm.first_row}行不一致" if firm.cells[name] else f"“{header}”在第{firm.first_row}行为空"
        )
        finding = make_finding(
            "firm-conflict",
            Severity.WARNING,
            f"同一企业的{said}，已采用第{firm.first_row}行的内容。",
            "请统一同一企业各行的内容；如企业编号填错，请更正。",
            "" if name in _PERSONAL else value,
        )
        issues.add(finding, number, name, firm.exporter.exporter_id)
