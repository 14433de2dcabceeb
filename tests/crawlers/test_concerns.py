from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from crawlers.formats.concern_cells import meeting_days, split_members
from crawlers.formats.concern_columns import area_in, match_headers
from crawlers.formats.concerns import read_concern, read_concern_workbook
from crawlers.formats.reporting import RowIssues
from crawlers.formats.xlsx_rows import Value
from warehouse.errors import InputError
from warehouse.records import Concern, ConcernObservation, Issue, Severity

ROW: dict[str, Value] = {
    "IMS ID": 9001,
    "Title": "Invented gates",
    "Member(s) subject to STC": "China",
    "Member(s) raising": "Japan",
}


def read_row(area: str = "TBT", **changes: Value) -> tuple[Concern | None, list[Issue]]:
    row = ROW | {name.replace("_", " "): value for name, value in changes.items()}
    issues = RowIssues("f.xlsx", 2)
    return read_concern(row, match_headers(row), issues, area=area), issues.take()


def one(area: str = "TBT", **changes: Value) -> Concern:
    concern, issues = read_row(area, **changes)
    assert concern is not None
    assert issues == []
    return concern


def write(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


def read(path: Path) -> tuple[list[ConcernObservation], list[Issue]]:
    found = list(read_concern_workbook(path))
    concerns = [item for item in found if isinstance(item, ConcernObservation)]
    return concerns, [item for item in found if isinstance(item, Issue)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("European Union; Japan", ["European Union", "Japan"]),
        ("Japan\nChile", ["Japan", "Chile"]),
        ("Japan_x000D_\nChile", ["Japan", "Chile"]),
        ("Korea, Republic of", ["Korea, Republic of"]),
        ("Hong Kong, China, Korea, Republic of, China", ["Hong Kong, China", "Korea, Republic of", "China"]),
        ("Canada, Japan and Korea, Republic of", ["Canada", "Japan", "Korea, Republic of"]),
        ("Trinidad and Tobago, and Antigua and Barbuda", ["Trinidad and Tobago", "Antigua and Barbuda"]),
        (
            "Separate Customs Territory of Taiwan, Penghu, Kinmen and Matsu, Chile",
            ["Separate Customs Territory of Taiwan, Penghu, Kinmen and Matsu", "Chile"],
        ),
        ("Freedonia, Chile", ["Freedonia", "Chile"]),
        ("Gog and Magog", ["Gog and Magog"]),
        ("Japan, Japan; Japan", ["Japan"]),
        ("None", []),
        (" - ", []),
        ("", []),
    ],
)
def test_members_of_one_cell(text: str, names: list[str]) -> None:
    assert list(split_members(text)) == names


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2019-06-20", [date(2019, 6, 20)]),
        ("20/06/2019", [date(2019, 6, 20)]),
        ("43636", [date(2019, 6, 20)]),
        ("20 June 2019", [date(2019, 6, 20)]),
        ("20-21 June 2019", [date(2019, 6, 20)]),
        ("20–21 June 2019", [date(2019, 6, 20)]),
        ("20, 21 and 22 June 2019", [date(2019, 6, 20)]),
        ("June 20-21, 2019", [date(2019, 6, 20)]),
        ("30 June - 1 July 2019", [date(2019, 6, 30)]),
        ("20-21.06.2019", [date(2019, 6, 20)]),
        ("June 2019", [date(2019, 6, 1)]),
        ("Sep. 2019", [date(2019, 9, 1)]),
        ("06/2019", [date(2019, 6, 1)]),
        ("2019-06", [date(2019, 6, 1)]),
        ("1er juillet 2019", [date(2019, 7, 1)]),
        ("12 de junio de 2019", [date(2019, 6, 12)]),
        ("June 2013 (G/SPS/R/71, 3 May 2010), October 2013", [date(2013, 6, 1), date(2013, 10, 1)]),
        ("2019", []),
        ("31/02/2019", []),
        ("G/TBT/N/CHN/6/2019", []),
    ],
)
def test_days_of_meetings(text: str, days: list[date]) -> None:
    assert list(meeting_days(text)) == days


def test_no_wording_stands_for_two_fields() -> None:
    words = tomllib.loads(files("crawlers.formats").joinpath("concerns.toml").read_text(encoding="utf-8"))
    for field, forms in words["columns"].items():
        for name in (name for names in forms.values() for name in names):
            columns = match_headers([name])
            assert [*columns.headers, *(["unused"] if not columns.headers else [])] == [field], name
            assert not columns.unknown


@pytest.mark.parametrize(
    "header", ["member raising", "MEMBERS  RAISING", "Member(s)\nraising", "Raising Member", "Raised by:"]
)
def test_headers_in_any_writing(header: str) -> None:
    assert match_headers([header]).headers == {"raising": header}


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Committee on Technical Barriers to Trade", "TBT"),
        ("MSF", "SPS"),
        ("SPS-12", "SPS"),
        ("TBT and SPS", ""),
        ("Council for Trade in Goods", ""),
        ("footbtx", ""),
    ],
)
def test_which_committee(text: str, area: str) -> None:
    assert area_in(text) == area


def test_a_row() -> None:
    concern = one(
        Member_supporting="Chile, Korea, Republic of",
        First_time_raised=date(2019, 6, 20),
        Last_time_raised="20-21 March 2025",
        Number_of_times_raised="7",
        Status="Not reported",
    )
    assert (concern.concern_id, concern.area, concern.number, concern.lang) == ("TBT-9001", "TBT", "9001", "en")
    assert (concern.responding_members, concern.raising_members) == (("CHN",), ("JPN",))
    assert concern.supporting_members == ("CHL", "KOR")
    assert (concern.first_raised, concern.last_raised) == (date(2019, 6, 20), date(2025, 3, 20))
    assert (concern.n_times_raised, concern.status) == (7, "Not reported")
    assert concern.url.endswith("?imsId=9001&domainId=TBT")


@pytest.mark.parametrize("number", ["9001", 9001.0, "TBT-9001", "STC 9001", "09001", "TBT STC No. 9001"])
def test_numbers_as_they_are_written(number: Value) -> None:
    concern, _ = read_row(**{"IMS ID": number})
    assert concern is not None
    assert concern.concern_id == "TBT-9001"


@pytest.mark.parametrize("number", ["", "none yet", "12 and 13"])
def test_a_row_without_a_number_is_told(number: Value) -> None:
    concern, issues = read_row(**{"IMS ID": number})
    assert concern is None
    assert [(i.code, i.severity, i.row) for i in issues] == [("concern-number-unread", Severity.ERROR, 2)]


def test_the_committee_of_the_row_goes_before_that_of_the_sheet() -> None:
    assert one("TBT", Committee="SPS").concern_id == "SPS-9001"
    assert one("TBT", **{"IMS ID": "SPS-7"}).concern_id == "SPS-7"
    concern, issues = read_row("TBT", Committee="Council for Trade in Goods")
    assert (concern, [i.code for i in issues]) == (None, ["concern-of-other-body"])
    concern, issues = read_row("")
    assert (concern, [i.code for i in issues]) == (None, ["concern-area-missing"])


def test_all_meetings_in_one_cell() -> None:
    concern = one(Dates_raised="October 2013; June 2013 (G/SPS/R/71)", Number_of_times_subsequently_raised=1)
    assert (concern.first_raised, concern.last_raised) == (date(2013, 6, 1), date(2013, 10, 1))
    assert concern.n_times_raised == 2


def test_dates_that_cross_are_kept_and_told() -> None:
    concern, issues = read_row(First_raised="June 2019", Last_raised="June 2018")
    assert concern is not None
    assert (concern.first_raised, concern.last_raised) == (date(2019, 6, 1), date(2018, 6, 1))
    assert [i.code for i in issues] == ["concern-dates-crossed"]


def test_symbols_of_the_column_and_of_the_texts() -> None:
    concern = one(
        Title="Gates (G/TBT/N/CHN/91000.)",
        Relevant_documents="See G/TBT/N/CHN/91001 and g/tbt/n/chn/91002/add.1; G/TBT/W/9, G/TBT/GEN/9.",
        Description="Related: G/TBT/N/CHN/91001.",
    )
    assert concern.symbols == ("G/TBT/N/CHN/91001", "G/TBT/N/CHN/91002/Add.1", "G/TBT/N/CHN/91000")


def test_an_unknown_member_is_kept_by_name_and_told_once() -> None:
    concern, issues = read_row(Raised_by="x", **{"Member(s) raising": "Freedonia; Chile", "Supported by": "Freedonia"})
    assert concern is not None
    assert (concern.raising_members, concern.supporting_members) == (("CHL",), ())
    assert concern.member_names == ("Freedonia",)
    assert [(i.code, i.value, i.subject) for i in issues] == [("concern-member-unknown", "Freedonia", "TBT-9001")]


def test_a_formula_that_is_no_link(tmp_path: Path) -> None:
    rows = [list(ROW), [9001, "=A1&B1", "China", "Japan"]]
    concerns, issues = read(write(tmp_path / "f.xlsx", ("TBT", rows)))
    assert concerns[0].concern.title == ""
    assert [i.code for i in issues] == ["formula-unread", "concern-title-missing"]


def test_every_sheet_with_the_headers_is_read_and_others_are_told(tmp_path: Path) -> None:
    row = [9001, "Invented gates", "China", "Japan"]
    path = write(
        tmp_path / "s.xlsx",
        ("Cover", [["Some invented list"]]),
        ("TBT", [["a note"], list(ROW), row]),
        ("SPS", [list(ROW), row]),
        ("Old", [["IMS ID", "Title"], [1, "Gates"]]),
    )
    concerns, issues = read(path)
    assert [(o.source_key, o.row) for o in concerns] == [("TBT-9001", 3), ("SPS-9001", 2)]
    assert [(i.code, i.value) for i in issues] == [("sheet-left-out", "Old")]
    assert "“Member(s) subject to STC”" in issues[0].message


def test_an_unknown_column_is_told_and_kept(tmp_path: Path) -> None:
    rows = [[*ROW, "Mood", None], [9001, "Gates", "China", "Japan", "calm", "unnamed"]]
    concerns, issues = read(write(tmp_path / "u.xlsx", ("TBT", rows)))
    assert concerns[0].payload["Mood"] == "calm"
    assert concerns[0].payload["column 6"] == "unnamed"
    assert [(i.code, i.value, i.row) for i in issues] == [("header-unknown", "Mood", 1)]


def test_of_a_repeated_column_only_the_first_is_read(tmp_path: Path) -> None:
    rows = [[*ROW, "Status", "Status"], [9001, "Gates", "China", "Japan", None, "Resolved"]]
    concerns, issues = read(write(tmp_path / "r.xlsx", ("TBT", rows)))
    assert concerns[0].concern.status == ""
    assert [i.code for i in issues] == ["header-repeated"]


def test_other_columns_end_with_all_that_was_found(tmp_path: Path) -> None:
    path = write(tmp_path / "o.xlsx", ("TBT", [["IMS ID", "Title", "Complainant", "Defendant"], [1, "Gates", "Japan"]]))
    with pytest.raises(InputError) as error:
        read(path)
    assert "缺少必备列：“Member(s) subject to STC”、“Member(s) raising”" in error.value.message
    assert "找到的表头：“IMS ID”、“Title”、“Complainant”、“Defendant”" in error.value.message


def test_a_workbook_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有特别贸易关注表：各工作表（“清单”）"):
        read(write(tmp_path / "x.xlsx", ("清单", [["企业名称", "产品"]])))
