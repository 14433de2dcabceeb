"""The exporters' list as offices keep it: formats, encodings, traps, and files that cannot be read."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook
from stdnum.cn import uscc

from warehouse.errors import InputError
from warehouse.intake.exporters import ExportersFile, read_exporters
from warehouse.records import Issue, Severity, Subscription

HEADER: list[object] = [
    "企业编号", "企业名称", "统一社会信用代码", "所属区", "产业链", "产品名称", "产品描述", "HS编码", "主要出口市场",
    "年出口额(万元)", "联系邮箱", "关企联络员岗位", "订阅方式", "备注",
]  # fmt: skip
GOOD_CODE = "91420100MA4K00001" + uscc.calc_check_digit("91420100MA4K00001")
REAL = Path(__file__).parents[2].parent / "shared" / "data" / "exporters.csv"


def row(**changes: object) -> list[object]:
    """A faultless row with some cells changed."""
    cells: dict[str, object] = dict(
        zip(
            [str(name) for name in HEADER],
            ["T01", "试验阀门厂", GOOD_CODE, "汉阳区", "泵阀", "铜球阀", "手动黄铜球阀", "8481804090", "德国；中国台湾",
             "1,200.5", "gq@example.com", "关务岗", "周报", ""],
            strict=True,
        )
    )  # fmt: skip
    cells.update(changes)
    return list(cells.values())


def write_csv(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    path.write_bytes(buffer.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    assert book.active is not None
    for line in rows:
        book.active.append(list(line))
    book.save(path)
    return path


def read(tmp_path: Path, *rows: Sequence[object]) -> ExportersFile:
    return read_exporters(write_csv(tmp_path / "清单.csv", [HEADER, *rows]))


def only(found: ExportersFile, code: str) -> Issue:
    (issue,) = found.issues
    assert issue.code == code
    assert issue.message.endswith("。")
    assert issue.next_step
    return issue


TABLE = [
    HEADER,
    row(),
    row(产品名称="钢管", HS编码="7304", 主要出口市场="中东"),
    row(企业编号="T02", 企业名称="试验蜂业", 产品名称="蜂蜜", HS编码="0409000000", 订阅方式="即时"),
]


def test_a_good_row_becomes_a_firm_with_a_line_and_a_contact(tmp_path: Path) -> None:
    found = read(tmp_path, row())
    (firm,) = found.exporters
    (line,) = firm.lines
    (contact,) = firm.contacts
    assert found.issues == ()
    assert (firm.exporter_id, firm.subscription) == ("T01", Subscription.WEEKLY)
    assert (contact.email, contact.post) == ("gq@example.com", "关务岗")
    assert (line.hs_code, line.market_codes) == ("8481804090", ("DEU", "EU", "TPKM"))
    assert line.annual_export_cny_10k == 1200.5
    assert line.line_id == "L" + hashlib.sha256("T01\x1f铜球阀".encode()).hexdigest()[:12]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_separators_give_the_same(tmp_path: Path, encoding: str, delimiter: str) -> None:
    first = read_exporters(write_csv(tmp_path / "a.csv", TABLE))
    other = read_exporters(write_csv(tmp_path / "b.csv", TABLE, encoding, delimiter))
    assert other.exporters == first.exporters
    assert [(issue.row, issue.code) for issue in other.issues] == [(3, "hs-code-coarse"), (3, "market-region")]


def test_a_workbook_gives_the_same_as_text(tmp_path: Path) -> None:
    first = read_exporters(write_csv(tmp_path / "a.csv", TABLE))
    other = read_exporters(write_xlsx(tmp_path / "b.xlsx", TABLE))
    assert other.exporters == first.exporters
    assert [issue.code for issue in other.issues] == [issue.code for issue in first.issues]


def test_a_workbook_with_titles_a_cover_sheet_and_merged_cells(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["说明"])
    sheet = book.create_sheet("清单")
    sheet.append(["重点企业清单"])
    sheet.append([])
    sheet.append(HEADER)
    sheet.append(row())
    sheet.append(row(企业编号=None, 企业名称=None, 产品名称="钢阀"))
    sheet.merge_cells("A4:A5")
    sheet.merge_cells("B4:B5")
    sheet.merge_cells("A1:N1")
    book.save(tmp_path / "a.xlsx")
    found = read_exporters(tmp_path / "a.xlsx")
    assert [line.product_name for line in found.exporters[0].lines] == ["铜球阀", "钢阀"]
    assert found.issues == ()


@pytest.mark.parametrize(("typed", "read_as"), [(409000000, "0409000000"), (40900, "040900"), (8481.8, "848180")])
def test_zeros_that_a_numeric_cell_lost_come_back_with_a_warning(tmp_path: Path, typed: float, read_as: str) -> None:
    found = read_exporters(write_xlsx(tmp_path / "a.xlsx", [HEADER, row(HS编码=typed)]))
    assert found.exporters[0].lines[0].hs_code == read_as
    assert only(found, "hs-code-zero-restored").row == 2


@pytest.mark.parametrize(
    ("text", "code", "stored"),
    [
        ("84818", "hs-code-malformed", "8481"),
        ("851779500", "hs-code-malformed", "85177950"),
        ("84", "hs-code-coarse", "84"),
        ("8599.00", "hs-heading-unknown", "859900"),
        ("球阀", "hs-code-invalid", ""),
        ("77010000", "hs-code-invalid", ""),
        ("", "hs-code-missing", ""),
        ("8481804090101", "hs-code-ciq", "8481804090"),
        ("409000000", "hs-code-zero-restored", "0409000000"),
    ],
)
def test_doubtful_hs_codes_are_reported(tmp_path: Path, text: str, code: str, stored: str) -> None:
    found = read(tmp_path, row(HS编码=text))
    issue = only(found, code)
    assert (issue.row, issue.field_name, issue.value, issue.subject) == (2, "HS编码", text, "T01")
    assert found.exporters[0].lines[0].hs_code == stored


def test_codes_of_an_old_edition_name_their_successors(tmp_path: Path) -> None:
    found = read(tmp_path, row(HS编码="8517.70"))
    issue = only(found, "hs-edition-old")
    assert "8517.71、8517.79" in issue.message
    assert found.exporters[0].lines[0].hs_edition == "HS2017"


def test_a_code_that_lives_on_is_old_only_where_the_firm_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, row(HS编码="842139")).issues == ()
    found = read(tmp_path, row(HS编码="842139", 备注="旧版编码（HS2017）"))
    assert only(found, "hs-edition-old").severity is Severity.WARNING
    assert read(tmp_path, row(HS编码="8517710000")).exporters[0].lines[0].hs_edition == "HS2022"
    assert only(read(tmp_path, row(备注="旧版编码")), "hs-edition-unclear").value == "8481804090"


@pytest.mark.parametrize(
    ("text", "code"),
    [("火星", "market-unknown"), ("一带一路", "market-too-wide"), ("", "market-missing"), ("中国", "market-home"),
     ("非洲", "market-region")],
)  # fmt: skip
def test_doubtful_markets_are_reported(tmp_path: Path, text: str, code: str) -> None:
    assert only(read(tmp_path, row(主要出口市场=text)), code).field_name == "主要出口市场"


@pytest.mark.parametrize(
    "address",
    ["gq@example", "gq example@example.com", "gq@example.com\nBcc: x@example.com", "示例@", "a..b@example.com"],
)
def test_malformed_addresses_are_refused_and_masked(tmp_path: Path, address: str) -> None:
    found = read(tmp_path, row(联系邮箱=address))
    issue = only(found, "email-malformed")
    assert found.exporters[0].contacts == ()
    assert "***" in issue.value
    assert address not in issue.value
    assert "Bcc" not in issue.value


def test_addresses_in_full_width_are_mended_and_several_are_kept(tmp_path: Path) -> None:
    found = read(tmp_path, row(联系邮箱="gq＠example.com；bg@example.com"))
    assert [contact.email for contact in found.exporters[0].contacts] == ["gq@example.com", "bg@example.com"]
    assert only(found, "email-width").severity is Severity.WARNING


def test_a_missing_address_is_reported_once_per_firm(tmp_path: Path) -> None:
    found = read(tmp_path, row(联系邮箱=""), row(联系邮箱="", 产品名称="钢阀"))
    assert only(found, "email-missing").row == 2


def test_a_firm_that_wants_no_mail_has_no_contact(tmp_path: Path) -> None:
    found = read(tmp_path, row(订阅方式="不订阅"))
    assert only(found, "subscription-refused").severity is Severity.INFO
    assert found.exporters[0].contacts == ()


@pytest.mark.parametrize("text", ["", "月报"])
def test_an_unknown_subscription_is_reported(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, row(订阅方式=text))
    assert only(found, "subscription-unknown").value == text
    assert found.exporters[0].subscription is Subscription.DAILY


@pytest.mark.parametrize(
    ("text", "amount"), [("18,600", 18600.0), ("1.2亿", 12000.0), ("３００万元", 300.0), ("", None), ("-", None)]
)
def test_amounts_are_read(tmp_path: Path, text: str, amount: float | None) -> None:
    found = read(tmp_path, row(**{"年出口额(万元)": text}))
    assert found.exporters[0].lines[0].annual_export_cny_10k == amount
    assert found.issues == ()


@pytest.mark.parametrize("text", ["很多", "-5", "12万美元"])
def test_amounts_that_are_none_are_reported(tmp_path: Path, text: str) -> None:
    assert only(read(tmp_path, row(**{"年出口额(万元)": text})), "amount-malformed").value == text


def test_credit_codes_are_checked(tmp_path: Path) -> None:
    wrong = GOOD_CODE[:-1] + ("0" if GOOD_CODE[-1] != "0" else "1")
    assert "校验" in only(read(tmp_path, row(统一社会信用代码=wrong)), "credit-code-invalid").message
    assert "共17位" in only(read(tmp_path, row(统一社会信用代码=wrong[:-1])), "credit-code-invalid").message


def test_rows_without_id_or_product_are_left_out_and_reported(tmp_path: Path) -> None:
    found = read(tmp_path, row(), [], row(企业编号=""), row(产品名称=""), ["合计"])
    assert [(issue.row, issue.code, issue.severity) for issue in found.issues] == [
        (4, "row-dropped", Severity.ERROR),
        (5, "row-dropped", Severity.ERROR),
        (6, "row-dropped", Severity.ERROR),
    ]
    assert found.n_rows == 4
    assert len(found.exporters[0].lines) == 1


def test_repeated_products_and_conflicting_firm_cells(tmp_path: Path) -> None:
    found = read(tmp_path, row(), row(HS编码="8481809000"), row(产品名称="钢阀", 企业名称="另一家厂"))
    assert [(issue.row, issue.code, issue.field_name) for issue in found.issues] == [
        (3, "product-repeated", "产品名称"),
        (4, "firm-conflict", "企业名称"),
    ]
    (firm,) = found.exporters
    assert firm.name == "试验阀门厂"
    assert [line.hs_code for line in firm.lines] == ["8481804090", "8481804090"]


FLAGS: list[object] = ["国外技术壁垒交涉应对重点企业库", "影响统计调查样本"]


def flagged(tmp_path: Path, *marks: tuple[object, object]) -> ExportersFile:
    """A firm of which each row carries the two marks."""
    rows = [[*row(产品名称=f"铜阀{n}"), *pair] for n, pair in enumerate(marks, start=1)]
    return read_exporters(write_xlsx(tmp_path / "清单.xlsx", [[*HEADER, *FLAGS], *rows]))


@pytest.mark.parametrize(
    ("mark", "is_marked"),
    [("是", True), ("√", True), ("✓", True), (" 是 ", True), (1, True), (1.0, True), ("Ｙ", True), ("yes", True),
     (True, True), ("否", False), ("", False), (None, False), (0, False), ("N", False), (False, False), ("—", False)],
)  # fmt: skip
def test_a_mark_is_read_in_the_ways_that_offices_write_it(tmp_path: Path, mark: object, is_marked: bool) -> None:
    found = flagged(tmp_path, (mark, "否"), ("", ""))
    assert found.issues == ()
    assert (found.exporters[0].is_negotiation_key, found.exporters[0].is_survey_sample) == (is_marked, False)
    other = flagged(tmp_path, ("", mark))
    assert (other.exporters[0].is_negotiation_key, other.exporters[0].is_survey_sample) == (False, is_marked)


def test_a_list_without_the_marks_has_none_and_says_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, row())
    assert found.issues == ()
    assert not found.exporters[0].is_negotiation_key
    assert not found.exporters[0].is_survey_sample


def test_a_mark_that_cannot_be_read_counts_as_no_and_keeps_the_row(tmp_path: Path) -> None:
    found = flagged(tmp_path, ("待定", "是"))
    issue = only(found, "flag-unreadable")
    assert (issue.row, issue.field_name, issue.value, issue.subject) == (2, FLAGS[0], "待定", "T01")
    assert (found.exporters[0].is_negotiation_key, found.exporters[0].is_survey_sample) == (False, True)
    assert len(found.exporters[0].lines) == 1


def test_marks_that_differ_between_rows_of_a_firm_are_a_conflict_and_the_first_holds(tmp_path: Path) -> None:
    found = flagged(tmp_path, ("是", ""), ("否", "√"), ("√", "否"), ("", ""))
    assert [(issue.row, issue.code, issue.field_name) for issue in found.issues] == [
        (3, "firm-conflict", FLAGS[0]),
        (3, "firm-conflict", FLAGS[1]),
    ]
    assert (found.exporters[0].is_negotiation_key, found.exporters[0].is_survey_sample) == (True, False)


def test_a_conflicting_address_is_not_repeated_in_the_issue(tmp_path: Path) -> None:
    issue = only(read(tmp_path, row(), row(产品名称="钢阀", 联系邮箱="other@example.com")), "firm-conflict")
    assert "other" not in issue.value + issue.message


def test_other_headers_are_matched_and_unknown_ones_reported(tmp_path: Path) -> None:
    header: list[object] = [
        "企业 编号*", "企业名", "信用代码", "区", "行业", "品名", "描述", "海关编码（10位）", "出口市场",
        "年出口额（万美元）", "电子邮箱", "岗位", "订阅", "说明",
    ]  # fmt: skip
    found = read_exporters(write_csv(tmp_path / "a.csv", [header, row()]))
    issue = only(found, "column-unknown")
    assert (issue.row, issue.field_name) == (1, "年出口额（万美元）")
    assert found.exporters[0].lines[0].hs_code == "8481804090"
    assert found.exporters[0].lines[0].annual_export_cny_10k is None


def test_missing_and_repeated_columns_are_reported(tmp_path: Path) -> None:
    table = [[*HEADER[:7], *HEADER[8:], "备注"], [*row()[:7], *row()[8:], "x"]]
    found = read_exporters(write_csv(tmp_path / "a.csv", table))
    assert [issue.code for issue in found.issues] == ["column-repeated", "column-missing"]


def test_an_unclosed_quotation_mark_is_no_silent_loss(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('企业编号,产品名称\nT01,铜阀\nT02,"钢阀\nT03,球阀\n', encoding="utf-8")
    with pytest.raises(InputError, match="第3行"):
        read_exporters(path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "空文件"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "没有找到表头"),
        ("a.csv", b"\xff\x00\x81\xff", "文字编码"),
        ("a.xlsx", b"PK\x03\x04 broken", "已损坏"),
        ("a.xlsx", b"", "已损坏"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "不支持"),
    ],
)
def test_files_that_cannot_be_read_say_what_to_do(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        read_exporters(path)
    assert caught.value.next_step


def test_folders_and_missing_files_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="文件夹"):
        read_exporters(tmp_path)
    with pytest.raises(InputError, match="找不到"):
        read_exporters(tmp_path / "none.csv")


def test_a_header_without_rows_is_an_error_issue(tmp_path: Path) -> None:
    assert only(read(tmp_path), "no-rows").severity is Severity.ERROR


@pytest.mark.skipif(not REAL.exists(), reason="the city's sample list is not beside this checkout")
def test_the_sample_list_shows_its_traps_and_nothing_else() -> None:
    found = read_exporters(REAL)
    assert (found.n_rows, len(found.exporters)) == (136, 48)
    assert sum(len(firm.lines) for firm in found.exporters) == 136
    assert [(issue.row, issue.code) for issue in found.issues] == [
        (7, "hs-edition-old"), (43, "hs-edition-old"), (47, "hs-edition-old"), (54, "hs-code-coarse"),
        (54, "market-region"), (56, "hs-edition-old"), (60, "hs-code-coarse"), (65, "hs-code-coarse"),
        (66, "market-region"), (93, "hs-edition-old"), (96, "hs-code-coarse"), (96, "market-region"),
        (115, "hs-edition-old"), (132, "hs-edition-old"), (133, "market-region"),
    ]  # fmt: skip
    lines = [line for firm in found.exporters for line in firm.lines]
    noted = {line.product_name for line in lines if "HS2017" in line.note}
    assert noted == {line.product_name for line in lines if line.hs_edition == "HS2017"}


def test_short_names_are_kept_with_the_firm_and_the_column_may_be_missing(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "清单.csv", [[*HEADER, "公司简称"], [*row(), "试阀、SYF"]])
    found = read_exporters(path)
    assert (found.exporters[0].short_name, found.issues) == ("试阀、SYF", ())
    assert read(tmp_path, row()).exporters[0].short_name == ""
